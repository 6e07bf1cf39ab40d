import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import Database from "better-sqlite3";

let binding: string | undefined;

/** better-sqlite3's compiled part, named outright: its own search for it costs a cold start several milliseconds. */
function nativeBinding(): { nativeBinding?: string } {
  if (binding === undefined) {
    const manifest = createRequire(import.meta.url).resolve("better-sqlite3/package.json");
    const built = path.join(path.dirname(manifest), "build", "Release", "better_sqlite3.node");
    binding = existsSync(built) ? built : "";
  }
  return binding === "" ? {} : { nativeBinding: binding };
}

/** Opens a SQLite file; throws what better-sqlite3 throws. */
export function openSqlite(file: string, options: Database.Options = {}): Database.Database {
  return new Database(file, { ...options, ...nativeBinding() });
}
