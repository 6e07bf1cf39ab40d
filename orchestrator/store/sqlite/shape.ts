/**
 * The database must have the shape that the migrations give it and nothing else: a trigger, a view or a weaker constraint that
 * somebody added decides what later reads and writes do, without any row being wrong yet.
 */
import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { CabincrewError } from "../../../schema/index.ts";
import { openSqlite } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/** SHA-256 of the shape after the last migration; the error says the right one where this is not it. */
const SHAPE_SHA256 = "e7a60f0f339058bda549a8bf6b0dab7e581e0211c9e6b6f29dd4b5bdd2a194f8";

/** Name and SQL text of everything in the database but what SQLite made itself (indexes of keys, statistics of ANALYZE). */
function shapeOf(db: Database.Database): readonly (readonly [name: string, sql: string])[] {
  return db
    .prepare(
      `select name, type || ' ' || tbl_name || ' ' || sql from sqlite_schema
       where sql is not null and not (type = 'table' and name glob 'sqlite_stat[1-4]') order by name, type`,
    )
    .raw()
    .all() as [string, string][];
}

function shapeDigest(db: Database.Database): string {
  return createHash("sha256")
    .update(JSON.stringify(shapeOf(db)))
    .digest("hex");
}

/** Throws ledger_corrupt naming what was added, taken away or changed. */
export function assertShape(db: Database.Database, file: string): void {
  const digest = shapeDigest(db);
  if (digest === SHAPE_SHA256) return;
  const found = new Map(shapeOf(db));
  const expected = new Map(expectedShape());
  const names = [...new Set([...expected.keys(), ...found.keys()])].filter(
    (name) => expected.get(name) !== found.get(name),
  );
  if (names.length === 0)
    throw new CabincrewError("internal", `The shape after the last migration is ${digest}; SHAPE_SHA256 says another.`);
  throw new CabincrewError(
    "ledger_corrupt",
    `The ledger ${file} was tampered with: its tables, indexes or triggers are not those that cabincrew makes (${names.join(", ")}).`,
    { detail: { names } },
  );
}

function expectedShape(): ReturnType<typeof shapeOf> {
  const db = openSqlite(":memory:");
  try {
    for (const step of MIGRATIONS) db.exec(step);
    return shapeOf(db);
  } finally {
    db.close();
  }
}
