import { mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { errnoOf } from "./error.ts";

/**
 * Makes a directory that a person named, for its owner alone (0700), and those above it that are missing; one that is there is
 * left as it is. Throws what the file system says. Node's own `recursive` never returns where a directory exists that nothing
 * can be made in and that says ENOENT to it, as `/proc` and some automounts do.
 */
export function makeDirectory(directory: string): void {
  if (made(directory)) return;
  makeDirectory(path.dirname(directory));
  if (!made(directory)) mkdirSync(directory, { mode: 0o700 });
}

/** False where a directory above it is missing. */
function made(directory: string): boolean {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    const there = errnoOf(error) === "EEXIST" && statSync(directory, { throwIfNoEntry: false })?.isDirectory();
    if (there) return true;
    if (errnoOf(error) !== "ENOENT" || path.dirname(directory) === directory) throw error;
    return false;
  }
  return true;
}
