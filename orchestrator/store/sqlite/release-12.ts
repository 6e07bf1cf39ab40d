/** Its JavaScript; bin/build.mjs puts it into the bundles instead, since a cold start would look for each of its files. */
import { createRequire } from "node:module";
import type Database from "better-sqlite3";

/** Throws what Node throws where it is not installed. */
export function release12(): typeof Database {
  return createRequire(import.meta.url)("better-sqlite3") as typeof Database;
}
