import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import Database12 from "better-sqlite3";
import { driverNeed, napiDriver } from "./driver.ts";

type Open = (file: string, options: Database12.Options) => Database12.Database;

let open: Open | undefined;

/** Opens a SQLite file; throws what better-sqlite3 throws, and `state_unusable` where the release of it that Node needs is missing. */
export function openSqlite(file: string, options: Database12.Options = {}): Database12.Database {
  open ??= opener();
  return open(file, options);
}

function opener(): Open {
  const Database13 = napiDriver(driverNeed(process.versions));
  if (Database13) return (file, options) => new Database13(file, options);
  const binding = nativeBinding();
  return (file, options) => new Database12(file, { ...options, ...binding });
}

/** The compiled part of release 12, named outright: its own search for it costs a cold start several milliseconds. */
function nativeBinding(): { nativeBinding?: string } {
  const manifest = createRequire(import.meta.url).resolve("better-sqlite3/package.json");
  const built = path.join(path.dirname(manifest), "build", "Release", "better_sqlite3.node");
  return existsSync(built) ? { nativeBinding: built } : {};
}
