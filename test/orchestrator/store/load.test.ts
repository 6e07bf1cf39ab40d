import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { readHighWater } from "../../../orchestrator/ledger/high-water.ts";
import type { SqliteStore } from "../../../orchestrator/store/sqlite/store.ts";
import { AT, opened, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";

const open: SqliteStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

function opening(stateDir: string): SqliteStore {
  const store = openStore(stateDir);
  open.push(store);
  return store;
}

/** The entries 2 to 9 are of run R1 and 10 to 17 of R2, which are alike. */
const untouched = stateDirectory();
beforeAll(async () => {
  const store = openStore(untouched);
  for (const runId of ["R1", "R2"])
    await store.append({ runId, expectedVersion: 0, events: wholeRun().slice(0, 8), at: AT });
  await store.close();
});

/** A copy of that ledger, and what happens behind its back. */
async function tampered(work: string) {
  const stateDir = stateDirectory();
  cpSync(untouched, stateDir, { recursive: true });
  const store = opening(stateDir);
  const db = new Database(path.join(stateDir, "cabincrew.db"));
  db.exec(work);
  db.close();
  return { store, stateDir };
}

const damaged = (what: string) => ({
  code: "ledger_corrupt",
  message: `The ledger is damaged or was tampered with: ${what}.`,
});
const projection = damaged("the projection of run R1 is not what its events say");

describe("a run that is loaded is refused", () => {
  it.each([
    [
      "when a signature is not the text's",
      "update entries set signature = (select signature from entries where seq = 6) where seq = 5",
      damaged("the signature of entry 5 does not fit its text"),
    ],
    [
      "when one of its entries stands elsewhere",
      "update entries set seq = 40 where seq = 9",
      damaged("entry 40 stands in the wrong place"),
    ],
    [
      "when the beginning of the ledger was filed under it",
      "update entries set run_id = 'R1' where seq = 1",
      damaged("entry 1 stands in the wrong place"),
    ],
    [
      "when one of its entries is another run's, though it fits and is signed",
      "delete from entries where seq = 9; update entries set run_id = 'R1' where seq = 17",
      damaged("entry 17 is not event 8 of run R1"),
    ],
    [
      "when one in the middle is gone",
      "delete from entries where seq = 8",
      damaged("entry 9 is not event 7 of run R1"),
    ],
    ["when the last one is gone", "delete from entries where seq = 9", projection],
    ["when all of them are gone", "delete from entries where run_id = 'R1'", projection],
    ["when its projection is gone", "delete from runs where run_id = 'R1'", projection],
    ["when its record was changed", "update runs set record = replace(record, 'ada', 'eve')", projection],
    ["when its state was changed", "update runs set state = 'APPROVED'", projection],
    ["when its plan-token was changed", `update runs set token = '${"0".repeat(64)}'`, projection],
  ])("%s", async (_, work, error) => {
    const { store } = await tampered(work);
    await expect(store.load("R1")).rejects.toMatchObject(error);
  });
});

describe("a ledger that is opened", () => {
  const unsaid = damaged("its first entry does not say which key signs it");

  it.each([
    ["whose first entry is gone", "delete from entries where seq = 1"],
    [
      "whose first entry is an event",
      "update entries set body = (select body from entries where seq = 2) where seq = 1",
    ],
    ["whose first entry is no JSON", "update entries set body = '{' where seq = 1"],
  ])("%s is refused, and nothing is put in its place", async (_, work) => {
    const { store, stateDir } = await tampered(work);
    await store.close();
    open.splice(0);
    for (const time of [1, 2]) expect(() => opening(stateDir), `${time}`).toThrowError(expect.objectContaining(unsaid));
  });

  it("is begun where only remains of a crash lie in the store, and not where there is content", () => {
    for (const [name, begins] of [
      ["ab", false],
      ["00", false],
      ["tmp", true],
      ["abc", true],
      ["xab", true],
      ["AB", true],
    ] as const) {
      const stateDir = stateDirectory();
      mkdirSync(path.join(stateDir, "store", name), { recursive: true });
      mkdirSync(path.join(stateDir, "store", "zz"));
      if (begins) expect(() => opening(stateDir), name).not.toThrow();
      else
        expect(() => opening(stateDir), name).toThrowError(
          expect.objectContaining({ code: "ledger_corrupt", next: expect.stringContaining("--state-dir") }),
        );
    }
  });

  it("marks its first entry as the newest", async () => {
    const stateDir = stateDirectory();
    const head = await opening(stateDir).head();
    expect(readHighWater(stateDir)).toEqual({ seq: 1, hash: head?.hash });
  });

  it("takes no record without an event", async () => {
    const { store } = await tampered("");
    const nothing = { runId: "R3", expectedVersion: 0, events: [], at: AT };
    await expect(store.append(nothing)).rejects.toMatchObject({ code: "internal", message: "Nothing was appended." });
  });

  it("says what could not be recorded, and who was faster", async () => {
    const { store } = await tampered("create trigger t before insert on entries begin select raise(abort, 'no'); end");
    const refused = store.append({ runId: "R3", expectedVersion: 0, events: [opened()], at: AT });
    await expect(refused).rejects.toMatchObject({ message: expect.stringContaining("Recording run.opened") });
    const late = store.append({ runId: "R1", expectedVersion: 7, events: [opened()], at: AT });
    await expect(late).rejects.toMatchObject({ code: "busy", next: expect.stringContaining("cabincrew show") });
  });
});
