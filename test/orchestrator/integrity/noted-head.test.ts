import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import { checkNotedHead, type NotedHead, readNotedHead } from "../../../orchestrator/integrity/noted-head.ts";
import { entryHash } from "../../../orchestrator/ledger/chain.ts";
import type { StoredEntry } from "../../../orchestrator/store/port.ts";
import { type LedgerScan, openScan } from "../../../orchestrator/store/sqlite/scan.ts";
import type { SqliteStore } from "../../../orchestrator/store/sqlite/store.ts";
import { refusal } from "../authority/people.ts";
import { AT, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-head-"));
const hash = "ab".repeat(32);
let files = 0;
function written(content: string): string {
  files += 1;
  const file = path.join(scratch, String(files));
  writeFileSync(file, content);
  return file;
}

let store: SqliteStore;
let scan: LedgerScan;
const entries: StoredEntry[] = [];
beforeAll(async () => {
  const stateDir = stateDirectory();
  store = openStore(stateDir);
  await store.append({ runId: "R1", expectedVersion: 0, events: wholeRun(), at: AT });
  for await (const entry of store.entries({})) entries.push(entry);
  scan = openScan(stateDir);
});
afterAll(async () => {
  scan.close();
  await store.close();
  rmSync(scratch, { recursive: true, force: true });
});

describe("a head that was noted", () => {
  it("is a hash, or a file with one, alone or with more about it, inside of a report or not", async () => {
    const head = { hash, seq: 3, signature: "c2ln", key_id: "k", body: "{}" };
    for (const named of [hash, hash.toUpperCase(), written(`${hash}\n`), written(`  ${hash.toUpperCase()}`)])
      expect(await readNotedHead(named)).toEqual({ hash });
    expect(await readNotedHead(written(JSON.stringify({ hash })))).toStrictEqual({ hash });
    expect(await readNotedHead(written(JSON.stringify({ ...head, more: 1 })))).toEqual(head);
    expect(await readNotedHead(written(JSON.stringify({ ok: true, hash: "no", head })))).toEqual(head);
    // Only an object can be the head of a report; else the document itself is one.
    expect(await readNotedHead(written(JSON.stringify({ head: "HEAD", hash })))).toEqual({ hash });
  });

  it.each([
    ["no JSON", "head"],
    ["no object", "[]"],
    ["nothing", "null"],
    ["no hash", "{}"],
    ["a list with a hash", JSON.stringify({ hash: [hash] })],
    ["a hash that is none", JSON.stringify({ hash: hash.slice(1) })],
    ["a hash of another kind", JSON.stringify({ hash: 7 })],
    ["a place that is none", JSON.stringify({ hash, seq: "3" })],
    ["a signature that is none", JSON.stringify({ hash, signature: 1 })],
    ["a key that is none", JSON.stringify({ hash, key_id: null })],
    ["a text that is none", JSON.stringify({ hash, body: {} })],
    ["an empty head in a report", JSON.stringify({ head: {}, hash })],
  ])("is not taken from %s", async (_, content) => {
    const file = written(content);
    const error = await refusal("usage", () => readNotedHead(file));
    expect(error.message).toBe(`The file ${file} names no head of a ledger.`);
    expect(error.next).toContain("cabincrew audit --head");
  });

  it("is not taken from a file that cannot be read or is far too large", async () => {
    const missing = await refusal("usage", () => readNotedHead(path.join(scratch, "missing")));
    expect(missing.message).toContain("is no hash and no file that can be read");
    const file = written("");
    truncateSync(file, (64 << 20) + 1);
    expect((await refusal("usage", () => readNotedHead(file))).message).toContain("it has 67108865 bytes");
  });
});

describe("a ledger that should hold a noted head", () => {
  const told = (noted: NotedHead): string[] => {
    const findings = new Findings();
    checkNotedHead(scan, noted, store.key, findings);
    return findings.all.map(({ where, message }) => `${where}: ${message}`);
  };
  const at = (seq: number) => entries[seq - 1] as StoredEntry;
  const noteOf = (seq: number): NotedHead & { body: string; signature: string } => {
    const { body, signature, hash: own } = at(seq);
    return { seq, body, signature, hash: own, key_id: store.key.keyId };
  };

  it("does where the entry is what was noted, newest or not, however much was noted", () => {
    for (const seq of [1, 5, 13]) {
      const whole = noteOf(seq);
      const { body: _, ...unsaid } = whole;
      const { signature: __, ...unsigned } = unsaid;
      for (const noted of [whole, unsaid, unsigned, { hash: whole.hash, seq }, { hash: whole.hash }])
        expect(told(noted)).toEqual([]);
    }
  });

  it("does not where no entry has the hash, or the place has another", () => {
    const other = `the ledger is another one.`;
    expect(told({ hash })).toEqual([
      `entry 13: No entry has the hash ${hash}: the ledger was rolled back, or it is another one.`,
    ]);
    expect(told({ hash, seq: 14 })).toEqual([
      "entry 14: The ledger ends before entry 14, which was noted: it was rolled back.",
    ]);
    expect(told({ hash, seq: 0 })).toEqual([
      "entry 0: The ledger ends before entry 0, which was noted: it was rolled back.",
    ]);
    expect(told({ hash, seq: 5 })).toEqual([`entry 5: Entry 5 is not the one that was noted, ${hash}: ${other}`]);
    const { hash: own } = at(5);
    expect(told({ hash: own, seq: 6 })).toEqual([`entry 6: Entry 6 is not the one that was noted, ${own}: ${other}`]);
    const { signature } = at(6);
    expect(told({ hash: own, seq: 5, signature })).toEqual([
      `entry 5: Entry 5 is not the one that was noted, ${own}: ${other}`,
    ]);
  });

  it("does not where another key is named", () => {
    expect(told({ ...noteOf(5), key_id: "other" })).toEqual([
      `entry 5: The noted head is of a ledger that key other signs, this one is signed by ${store.key.keyId}.`,
    ]);
  });

  it("is not asked for by a note that was changed: text, signature and hash belong together", () => {
    const changed =
      "The noted head is not what the ledger's key signed: the note itself was changed, or it is of another ledger.";
    const noted = noteOf(5);
    const { signature: _, ...unsigned } = noted;
    const rewritten = { ...noted, body: `${noted.body} `, hash: entryHash(`${noted.body} `, noted.signature) };
    const resigned = { ...noted, signature: at(6).signature, hash: entryHash(noted.body, at(6).signature) };
    for (const odd of [unsigned, rewritten, resigned, { ...noted, body: at(6).body }, { ...noted, hash }])
      expect(told(odd)[0]).toBe(`entry 5: ${changed}`);
    expect(told({ ...noted, body: at(6).body })).toEqual([
      `entry 5: ${changed}`,
      `entry 5: Entry 5 is not the one that was noted, ${noted.hash}: the ledger is another one.`,
    ]);
    const nothing = { ...unsigned, hash: entryHash(noted.body, "") };
    expect(told(nothing)[0]).toBe(`entry 5: ${changed}`);
  });
});
