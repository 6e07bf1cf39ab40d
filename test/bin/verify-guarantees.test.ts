/** spec/guarantees.md, GUAR-5 and GUAR-6: exit codes and formats of `cabincrew verify-guarantees`. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { packageRoot } from "../../schema/index.ts";
import { commandLine } from "./command-line.ts";

const SHAPES = path.join(packageRoot(), "test", "fixtures", "policies", "shapes");
const ONLY = [
  "verify-guarantees",
  "--only",
  "private-key-stopped",
  "--only",
  "vote-is-signed",
  "--only",
  "policies-confined",
];

/** A command line whose user configured one policy that lets everything pass. */
function unguarded() {
  const cli = commandLine();
  const directory = path.join(cli.root, "governance");
  mkdirSync(directory);
  cpSync(SHAPES, path.join(directory, "one"), { recursive: true });
  const file = path.join(directory, "one", "pack.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  writeFileSync(file, JSON.stringify({ ...manifest, id: "one", entrypoints: ["shapes/allowed"] }));
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify({ version: 1, policies: ["one"], models: [] }));
  return { ...cli, governed: ["--governance", directory] };
}

it("a broken guarantee exits 5, in every format, and what is not applicable is never shown as held", () => {
  const { cabincrew, governed } = unguarded();
  const people = cabincrew(...ONLY, ...governed);
  expect([people.code, people.err]).toEqual([5, ""]);
  expect(people.out).toMatch(/^BROKEN {2}private-key-stopped/m);
  expect(people.out).toMatch(/^n\/a {5}vote-is-signed/m);
  expect(people.out).toContain("1 broken  1 held, 1 not applicable, of 3 guarantees");

  const junit = cabincrew(...ONLY, ...governed, "--format", "junit");
  expect(junit.code).toBe(5);
  expect(junit.out).toContain('tests="3" failures="1" errors="0"');
  expect(junit.out).toContain('<testcase classname="policies-confined" name="Policies can call nothing of the host"/>');
  expect(junit.out).toMatch(/name="vote-is-signed"><skipped message="With an authority file [^"]*not applicable/);

  const sarif = cabincrew(...ONLY, ...governed, "--format", "sarif");
  expect(sarif.code).toBe(5);
  expect(JSON.parse(sarif.out).runs[0].results).toMatchObject([
    { ruleId: "private-key-stopped", level: "error" },
    { ruleId: "vote-is-signed", kind: "notApplicable", level: "none" },
  ]);
});

it("with the shipped governance the same holds, exits 0 and leaves no state directory behind", () => {
  const cli = commandLine();
  const { code, document } = cli.json(...ONLY);
  expect([code, document]).toMatchObject([0, { ok: true, held: 2, broken: 0, not_applicable: 1, exit_code: 0 }]);
  const listed = cli.cabincrew("list", "--state-dir", path.join(cli.root, "state"));
  expect(listed.err).toContain("There is no ledger");
});
