import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { commandLine } from "./command-line.ts";

/** A ledger of two runs, what was noted after each, and the state directory as it was after the first. */
const cli = commandLine();
const state = path.join(cli.root, "state");
const older = path.join(cli.root, "older");
const notes: Record<string, string> = {};

function note(name: string, text: string): string {
  const file = path.join(cli.root, `${name}.json`);
  writeFileSync(file, text);
  notes[name] = file;
  return file;
}

const expected = (head: string) => cli.here("verify", "--expect-head", head);
const changed = (name: string, change: (head: Record<string, unknown>) => object) =>
  note("changed", JSON.stringify(change(JSON.parse(readFileSync(notes[name] ?? "", "utf8")))));

beforeAll(() => {
  expect(cli.json("run", ".", "--", "sh", "-c", "echo 1 > a").code).toBe(0);
  note("first", cli.cabincrew("audit", "--head").out);
  cpSync(state, older, { recursive: true });
  const { run_id } = cli.json("run", ".", "--", "sh", "-c", "echo 2 > b").document;
  note("report", cli.cabincrew("verify", "--json").out);
  note("line", cli.cabincrew("audit", "--head").out);
  note("bundle", cli.cabincrew("export", run_id).out);
  note("hash", `${JSON.parse(readFileSync(notes["line"] ?? "", "utf8")).hash}\n`);
});

describe("verify --expect-head (spec/ledger.md 23)", () => {
  test("audit --head prints the newest entry with its text, signature and hash, and nothing else", () => {
    const line = JSON.parse(readFileSync(notes["line"] ?? "", "utf8"));
    expect(Object.keys(line)).toEqual(["seq", "body", "signature", "hash"]);
    expect(cli.json("verify").document).toMatchObject({ head: { seq: line.seq, hash: line.hash } });
    expect(cli.json("audit", "--head", "--follow").code).toBe(2);
    expect(cli.json("audit", "--head").document.events).toEqual([line]);
  });

  test.each(["first", "report", "line", "bundle", "hash"])("holds for the %s that was noted", async (name) => {
    expect(await expected(notes[name] ?? "")).toMatchObject({ code: 0, document: { ok: true } });
  });

  test.each([
    ["place", (head: object) => ({ ...head, seq: 3 })],
    ["hash", (head: object) => ({ ...head, hash: "0".repeat(64) })],
    ["signature", (head: object) => ({ ...head, signature: "AAAA" })],
    ["text", (head: { body?: string }) => ({ ...head, body: `${head.body} ` })],
    ["key", (head: object) => ({ ...head, key_id: "0".repeat(16) })],
  ])("does not hold for a note with another %s", async (_what, change) => {
    expect(await expected(changed("line", change))).toMatchObject({ code: 5, document: { ok: false } });
  });

  test("is a usage error where the note is none", async () => {
    for (const text of ["", "{}", '{"head":null}', '{"hash":"abc"}', `{"hash":"${"0".repeat(64)}","seq":"1"}`])
      expect((await expected(note("none", text))).code).toBe(2);
    expect((await expected(path.join(cli.root, "nowhere"))).code).toBe(2);
  });

  test("shows a state directory that was rolled back to an older one, which is intact in itself", async () => {
    rmSync(state, { recursive: true });
    cpSync(older, state, { recursive: true });
    expect(cli.json("verify").code).toBe(0);
    // From outside as well.
    expect(cli.json("verify", "--expect-head", notes["first"] ?? "").code).toBe(0);
    for (const name of ["report", "line", "bundle", "hash"]) {
      const { code, document } = await expected(notes[name] ?? "");
      expect([code, JSON.stringify(document)]).toEqual([5, expect.stringMatching(/rolled back/)]);
    }
  });
});
