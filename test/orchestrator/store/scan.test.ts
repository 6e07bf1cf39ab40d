import { cpSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { ulid } from "ulid";
import { beforeAll, describe, expect, it } from "vitest";
import { openScan } from "../../../orchestrator/store/sqlite/scan.ts";
import { AT, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";

const untouched = stateDirectory();
beforeAll(async () => {
  const store = openStore(untouched);
  for (let run = 0; run < 13; run += 1)
    await store.append({ runId: ulid(run), expectedVersion: 0, events: wholeRun(), at: AT });
  await store.close();
});

/** Entries of 13 runs, as the scan reads them and as SQLite has them, after somebody worked on the database. */
function entriesAfter(work: string, [behind, to] = [-1, Number.MAX_SAFE_INTEGER]) {
  const stateDir = stateDirectory();
  cpSync(untouched, stateDir, { recursive: true });
  const db = new Database(path.join(stateDir, "cabincrew.db"));
  db.pragma("synchronous = OFF");
  db.exec(work);
  const stored = db
    .prepare("select seq, run_id, body, signature, hash from entries where seq > ? and seq <= ? order by seq")
    .raw()
    .all(behind, to) as (string | number | null)[][];
  db.close();
  const scan = openScan(stateDir);
  const read = [...scan.entries(behind, to)].flat();
  scan.close();
  return { stored, read };
}

describe("a scan of the ledger", () => {
  it.each([
    ["as cabincrew wrote them", ""],
    ["with a signature that is longer, shorter, empty or not ASCII", signatures()],
    [
      "with text and signature divided elsewhere",
      "update entries set body = body || char(10) || 'x' where seq % 7 = 1",
    ],
    ["with a hash that is longer or not ASCII", "update entries set hash = 'é' || substr(hash, 2) where seq % 5 = 1"],
    [
      "with a run of another name",
      "update entries set run_id = case seq % 2 when 1 then 'R1' else substr(run_id, 2) || 'é' end where seq > 100",
    ],
    [
      "with texts that hold other characters",
      "update entries set body = replace(body, 'main', 'é😀' || char(10) || char(0)) where seq % 3 = 1",
    ],
    ["without some", "delete from entries where seq in (1, 17, 124, 125, 126, 157)"],
    ["without most", "delete from entries where seq between 3 and 140"],
    [
      "with some where nobody looks",
      "insert into entries select 0, run_id, body, signature, hash from entries where seq = 2",
    ],
    ["without any", "delete from entries"],
  ])("gives all entries as they are stored: %s", (_, work) => {
    const { stored, read } = entriesAfter(work);
    expect(read.map((row) => row.slice(0, 5))).toEqual(stored);
    for (const [, , body, signature, , hashed] of read)
      expect(hashed ?? `${body}\n${signature}`).toBe(`${body}\n${signature}`);
  });

  it("gives the entries of a part, all but the first out of one text", () => {
    const { stored, read } = entriesAfter("", [0, 140]);
    expect(read.map((row) => row.slice(0, 5))).toEqual(stored);
    expect(read.filter(([, , , , , hashed]) => hashed === undefined).map(([seq]) => seq)).toEqual([1]);
  });
});

function signatures(): string {
  const changes = [
    "signature || 'A'",
    "substr(signature, 2)",
    "''",
    "'é' || substr(signature, 2)",
    "'é' || substr(signature, 3)",
  ];
  return changes.map((change, at) => `update entries set signature = ${change} where seq = ${100 + at};`).join("\n");
}
