import { closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { CabincrewError, errnoOf, makeDirectory, toCabincrewError } from "../../../schema/index.ts";
import { openSqlite } from "./database.ts";
import { guarded } from "./guard.ts";
import { MIGRATIONS } from "./migrations.ts";
import { assertShape } from "./shape.ts";

/** How long a writer waits for another one, in milliseconds; a transaction takes well under one. */
const BUSY_TIMEOUT_MS = 30_000;

/** Where the ledger of a state directory is. */
export function databaseFile(stateDir: string): string {
  return path.join(stateDir, "cabincrew.db");
}

/**
 * Opens `cabincrew.db` in the state directory, made and migrated as needed: WAL, synchronous=FULL, foreign keys. Throws
 * ledger_corrupt where its shape is not the one that the migrations give it.
 */
export function openDatabase(stateDir: string, options: { create: boolean }): Database.Database {
  const file = databaseFile(stateDir);
  if (options.create) {
    try {
      makeDirectory(stateDir);
      makePrivate(file);
    } catch (error) {
      throw toCabincrewError(error, "state_unusable", `Making the state directory ${stateDir}`);
    }
  } else if (!existsSync(file)) {
    throw new CabincrewError("not_found", `There is no ledger in ${stateDir}.`, {
      next: "Name the right directory with --state-dir; `cabincrew run` makes a new one.",
    });
  }
  return guarded(`Opening the ledger ${file}`, () => {
    const db = openSqlite(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      migrate(db, file);
      assertShape(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** An empty file is a new database to SQLite, which would make one that others may read where the directory lets them in. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

function migrate(db: Database.Database, file: string): void {
  const version = () => db.pragma("user_version", { simple: true }) as number;
  if (version() === MIGRATIONS.length) return;
  db.transaction(() => {
    const from = version();
    if (from > MIGRATIONS.length) {
      throw new CabincrewError(
        "state_unusable",
        `The ledger ${file} was written by a newer cabincrew (format ${from}).`,
        {
          next: `Use that version; this one knows formats up to ${MIGRATIONS.length}.`,
        },
      );
    }
    const made = db.prepare("select 1 from sqlite_schema limit 1").get() !== undefined;
    if (from < 0 || (from === 0 && made)) {
      throw new CabincrewError(
        "ledger_corrupt",
        `The ledger ${file} was tampered with: it says it has format ${from}.`,
      );
    }
    for (const step of MIGRATIONS.slice(from)) db.exec(step);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  }).immediate();
}
