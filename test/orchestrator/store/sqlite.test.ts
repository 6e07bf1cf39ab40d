import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, describe, expect, it } from "vitest";
import { entryHash, verifySignature } from "../../../orchestrator/ledger/chain.ts";
import { draft } from "../../../orchestrator/ledger/event.ts";
import type { StoredEntry } from "../../../orchestrator/store/port.ts";
import { guarded } from "../../../orchestrator/store/sqlite/guard.ts";
import type { SqliteStore } from "../../../orchestrator/store/sqlite/store.ts";
import { AT, opened, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";

const open: SqliteStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

function newStore(stateDir = stateDirectory()): { store: SqliteStore; stateDir: string; file: string } {
  const store = openStore(stateDir);
  open.push(store);
  return { store, stateDir, file: path.join(stateDir, "cabincrew.db") };
}

async function all(store: SqliteStore): Promise<StoredEntry[]> {
  const entries: StoredEntry[] = [];
  for await (const entry of store.entries({})) entries.push(entry);
  return entries;
}

/** Does `work` on the file behind the store's back, as somebody with an editor would. */
function tamper(file: string, work: (db: Database.Database) => void): void {
  const db = new Database(file);
  work(db);
  db.close();
}

describe("the ledger in SQLite", () => {
  it("begins with an entry that names the key, and chains and signs every entry behind it", async () => {
    const { store } = newStore();
    await store.append({ runId: "R1", expectedVersion: 0, events: wholeRun(), at: AT });
    const entries = await all(store);
    expect(JSON.parse(entries[0]?.body ?? "")).toMatchObject({
      type: "ledger.created",
      seq: 1,
      key_id: store.key.keyId,
    });
    expect(entries).toHaveLength(13);
    for (const [index, entry] of entries.entries()) {
      expect(entry.seq).toBe(index + 1);
      expect(JSON.parse(entry.body).prev).toBe(entries[index - 1]?.hash ?? "0".repeat(64));
      expect(entry.hash).toBe(entryHash(entry.body, entry.signature));
      expect(verifySignature(entry.body, entry.signature, store.key.publicKey)).toBe(true);
    }
  });

  it("gives back the fold of a run's events", async () => {
    const { store } = newStore();
    const appended = await store.append({ runId: "R1", expectedVersion: 0, events: wholeRun(), at: AT });
    expect(await store.load("R1")).toEqual(appended);
    expect(appended).toMatchObject({ state: "COMPLETED", version: 12, decision: "allow", token: "c".repeat(64) });
    expect(await store.load("nobody")).toBeUndefined();
  });

  it("records nothing at all when one of the events is illegal", async () => {
    const { store } = newStore();
    const events = [...wholeRun().slice(0, 3), draft("run.completed", { summary: "too early" })];
    await expect(store.append({ runId: "R1", expectedVersion: 0, events, at: AT })).rejects.toMatchObject({
      code: "internal",
    });
    expect(await all(store)).toHaveLength(1);
    expect(await store.load("R1")).toBeUndefined();
  });

  it("refuses with busy whoever acts on an old version of a run", async () => {
    const { store, stateDir } = newStore();
    const other = openStore(stateDir);
    open.push(other);
    const [first, second] = wholeRun();
    if (!first || !second) throw new Error("fixture");
    await store.append({ runId: "R1", expectedVersion: 0, events: [first], at: AT });
    await other.append({ runId: "R1", expectedVersion: 1, events: [second], at: AT });
    await expect(store.append({ runId: "R1", expectedVersion: 1, events: [second], at: AT })).rejects.toMatchObject({
      code: "busy",
    });
    await expect(store.append({ runId: "R1", expectedVersion: 0, events: [first], at: AT })).rejects.toMatchObject({
      code: "busy",
    });
    expect((await store.load("R1"))?.version).toBe(2);
  });

  it("lets one of two runs with the same plan on the same workspace take off, and says which one did", async () => {
    const { store } = newStore();
    const events = wholeRun();
    await store.append({ runId: "R1", expectedVersion: 0, events: events.slice(0, 9), at: AT });
    await store.append({ runId: "R2", expectedVersion: 0, events: events.slice(0, 9), at: AT });
    await store.append({ runId: "R1", expectedVersion: 9, events: events.slice(9), at: AT });
    const late = store.append({ runId: "R2", expectedVersion: 9, events: events.slice(9), at: AT });
    await expect(late).rejects.toMatchObject({ code: "plan_used", detail: { run_id: "R1" } });
  });

  it("lets a run made after that take off with the same token", async () => {
    const { store } = newStore();
    await store.append({ runId: "R1", expectedVersion: 0, events: wholeRun(), at: AT });
    const again = await store.append({ runId: "R2", expectedVersion: 0, events: wholeRun(), at: AT });
    expect(again.state).toBe("COMPLETED");
  });

  it("finds runs by the beginning of their id or their token", async () => {
    const { store } = newStore();
    await store.append({
      runId: "01AAAAAAAA",
      expectedVersion: 0,
      events: wholeRun("abcdef00".padEnd(64, "0")),
      at: AT,
    });
    await store.append({
      runId: "01AAAABBBB",
      expectedVersion: 0,
      events: wholeRun("abcdef01".padEnd(64, "0")),
      at: AT,
    });
    expect(await store.find("01AAAABB", { limit: 10 })).toEqual(["01AAAABBBB"]);
    expect(await store.find("01aaaa", { limit: 10 })).toHaveLength(2);
    expect(await store.find("abcdef01", { limit: 10 })).toEqual(["01AAAABBBB"]);
    expect(await store.find("ffffffff", { limit: 10 })).toEqual([]);
  });

  it("lists runs newest first, by state, and knows which have not ended", async () => {
    const { store } = newStore();
    for (const id of ["01A", "01B", "01C"]) {
      await store.append({ runId: id, expectedVersion: 0, events: id === "01B" ? [opened()] : wholeRun(), at: AT });
    }
    expect((await store.list({ limit: 2 })).map((run) => run.run_id)).toEqual(["01C", "01B"]);
    expect((await store.list({ limit: 9, before: "01B" })).map((run) => run.run_id)).toEqual(["01A"]);
    expect((await store.list({ limit: 9, state: "INIT" })).map((run) => run.run_id)).toEqual(["01B"]);
    expect(await store.open()).toEqual(["01B"]);
  });

  it("keeps the signing key to itself", () => {
    const { stateDir } = newStore();
    for (const file of ["keys/ledger.pem", "cabincrew.db"])
      expect(statSync(path.join(stateDir, file)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(stateDir, "keys", "ledger.pub.pem"), "utf8")).toContain("PUBLIC KEY");
  });
});

describe("a tampered or unusable ledger is refused", () => {
  async function withRun() {
    const made = newStore();
    await made.store.append({ runId: "R1", expectedVersion: 0, events: wholeRun().slice(0, 8), at: AT });
    return made;
  }

  it("when a projection says something else than the events", async () => {
    const { store, file } = await withRun();
    tamper(file, (db) => db.exec("update runs set state = 'APPROVED'"));
    await expect(store.load("R1")).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when the text of an event was changed", async () => {
    const { store, file } = await withRun();
    tamper(file, (db) => db.exec(`update entries set body = replace(body, '"allow"', '"warn"')`));
    await expect(store.load("R1")).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when an event of the run was removed", async () => {
    const { store, file } = await withRun();
    tamper(file, (db) => db.exec("delete from entries where seq = 5"));
    await expect(store.load("R1")).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when an event of another run was moved into this one", async () => {
    const { store, file } = await withRun();
    await store.append({ runId: "R2", expectedVersion: 0, events: wholeRun(), at: AT });
    tamper(file, (db) => db.exec("update entries set run_id = 'R1' where run_id = 'R2' and seq > 17"));
    await expect(store.load("R1")).rejects.toMatchObject({ code: "ledger_corrupt" });
  });

  it("when its signing key was swapped or is gone", async () => {
    const { store, stateDir } = await withRun();
    await store.close();
    open.splice(0);
    const other = newStore();
    const key = path.join(stateDir, "keys", "ledger.pem");
    writeFileSync(key, readFileSync(path.join(other.stateDir, "keys", "ledger.pem")));
    const restore = "Restore the key that belongs to this ledger.";
    expect(() => openStore(stateDir)).toThrowError(expect.objectContaining({ code: "ledger_corrupt", next: restore }));
    rmSync(key);
    expect(() => openStore(stateDir)).toThrowError(expect.objectContaining({ code: "ledger_corrupt" }));
  });

  it("when it was written by a newer version", async () => {
    const { store, stateDir, file } = await withRun();
    await store.close();
    open.splice(0);
    tamper(file, (db) => db.pragma("user_version = 99"));
    expect(() => openStore(stateDir)).toThrowError(expect.objectContaining({ code: "state_unusable" }));
  });

  it("when it is read-only, saying how it can be read all the same", () => {
    const readOnly = Object.assign(new Error("attempt to write"), { code: "SQLITE_READONLY_DIRECTORY" });
    const opening = () =>
      guarded("Opening", () => {
        throw readOnly;
      });
    expect(opening).toThrowError(
      expect.objectContaining({ code: "state_unusable", next: expect.stringContaining("copy it, whole") }),
    );
  });

  it("when the file is no database", () => {
    const stateDir = stateDirectory();
    writeFileSync(
      path.join(stateDir, "cabincrew.db"),
      "this is not a database, but it is long enough to be read as one".repeat(50),
    );
    expect(() => openStore(stateDir)).toThrowError(expect.objectContaining({ code: "ledger_corrupt" }));
  });

  it("when there is none and the command only reads", () => {
    expect(() => openStore(stateDirectory(), false)).toThrowError(expect.objectContaining({ code: "not_found" }));
  });
});
