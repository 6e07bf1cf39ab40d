import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { openSqliteStore } from "../../../orchestrator/store/sqlite/store.ts";

const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-shape-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let places = 0;

function newState(): string {
  places += 1;
  const stateDir = path.join(scratch, String(places));
  void open(stateDir).close();
  return stateDir;
}

function open(stateDir: string): { close(): Promise<void> } {
  const newId = () => "0".repeat(26);
  return openSqliteStore({ stateDir, create: true, newId, now: () => "2026-01-01T00:00:00.000Z" });
}

function tamper(stateDir: string, sql: string): void {
  const db = new Database(path.join(stateDir, "cabincrew.db"));
  db.unsafeMode(true);
  db.exec(sql);
  db.close();
}

const corrupt = (message: string) =>
  expect.objectContaining({ code: "ledger_corrupt", message: expect.stringContaining(message) });

describe("the database's shape", () => {
  it("is the one that is written down", () => {
    expect(() => newState()).not.toThrow();
  });

  it.each([
    ["a trigger", "create trigger sly before insert on entries begin select raise(ignore); end", "sly"],
    ["a view", "create view sly as select 1", "sly"],
    ["a table", "create table sly (a)", "sly"],
    ["an index", "create unique index sly on runs (state)", "sly"],
    ["one index less", "drop index runs_by_token", "runs_by_token"],
    ["a column", "alter table runs add column sly text", "runs"],
    ["a table less", "drop table claims", "claims"],
    [
      "a weaker constraint",
      "pragma writable_schema = on; update sqlite_schema set sql = replace(sql, 'check (', 'check (1 or ') where name = 'runs'",
      "runs",
    ],
    ["another format number", "pragma user_version = 0", "format 0"],
    ["an impossible format number", "pragma user_version = -1", "format -1"],
  ])("with %s is refused", (_what, sql, named) => {
    const stateDir = newState();
    tamper(stateDir, sql);
    expect(() => open(stateDir)).toThrow(corrupt(named));
  });

  it("of an older format is brought to this one, and nothing of it is lost", () => {
    const stateDir = newState();
    const before = readFileSync(path.join(stateDir, "high-water"));
    tamper(stateDir, "drop table imports; pragma user_version = 1");
    void open(stateDir).close();
    const db = new Database(path.join(stateDir, "cabincrew.db"), { readonly: true });
    expect(db.pragma("user_version", { simple: true })).toBe(2);
    expect(db.prepare("select count(*) as entries from entries").get()).toEqual({ entries: 1 });
    expect(db.prepare("select count(*) as rows from imports").get()).toEqual({ rows: 0 });
    db.close();
    expect(readFileSync(path.join(stateDir, "high-water"))).toEqual(before);
  });

  it("may have the statistics that ANALYZE keeps", () => {
    const stateDir = newState();
    tamper(stateDir, "analyze");
    void open(stateDir).close();
  });
});

describe("a ledger without entries", () => {
  /** As a command left it that was killed before the first entry. */
  function emptied(stateDir: string): void {
    tamper(stateDir, "delete from entries");
    rmSync(path.join(stateDir, "high-water"));
  }

  it("is begun where nothing was stored yet, and refused where content of runs is", () => {
    const stateDir = newState();
    emptied(stateDir);
    void open(stateDir).close();
    emptied(stateDir);
    mkdirSync(path.join(stateDir, "store", "tmp"), { recursive: true });
    void open(stateDir).close();
    tamper(stateDir, "delete from entries");
    mkdirSync(path.join(stateDir, "store", "0a"));
    expect(() => open(stateDir)).toThrow(corrupt("is empty"));
  });

  it("is refused where the mark says that there were entries", () => {
    const stateDir = newState();
    tamper(stateDir, "delete from entries");
    expect(() => open(stateDir)).toThrow(corrupt("Entry 1 was recorded and is gone"));
  });

  it("has its public key written again when it begins", () => {
    const stateDir = newState();
    const file = path.join(stateDir, "keys", "ledger.pub.pem");
    rmSync(file);
    emptied(stateDir);
    void open(stateDir).close();
    expect(existsSync(file)).toBe(true);
  });
});
