/** GUAR-8: SECURITY.md promises what `verify-guarantees` tries, and what it names as proof is there. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ATTACKS } from "../../orchestrator/guarantees/catalogue.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const text = readFileSync(path.join(ROOT, "SECURITY.md"), "utf8");
/** Guarantee, id, tests, campaigns. */
const rows = [...text.matchAll(/^\| (.+) \| `([a-z-]+)` \| (.+) \| (.*) \|$/gm)];

it("SECURITY.md lists exactly the guarantees that are tried, in their order and words", () => {
  const listed = rows.map(([, guarantee, id]) => [id, guarantee]);
  expect(listed).toEqual(ATTACKS.map(({ id, guarantee }) => [id, guarantee]));
});

it("each is shown by at least one test, and every test and campaign that is named exists", () => {
  for (const [, , id, tests = "", campaigns = ""] of rows) {
    const files = [...tests.matchAll(/\]\((test\/[\w/-]+\.test\.ts)\)/g)].map((link) => link[1] ?? "");
    const folders = [...campaigns.matchAll(/\]\((test\/campaigns\/[\w-]+)\)/g)].map((link) => link[1] ?? "");
    expect(files.length, id).toBeGreaterThan(0);
    expect([...files, ...folders].filter((name) => !existsSync(path.join(ROOT, name)))).toEqual([]);
  }
});

it("ids are unique, and each says what to do", () => {
  expect(new Set(ATTACKS.map(({ id }) => id)).size).toBe(ATTACKS.length);
  for (const { remedy } of ATTACKS) expect(remedy).toMatch(/\.$/);
});
