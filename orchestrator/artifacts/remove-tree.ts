import { chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { errnoOf, toCabincrewError } from "../../schema/index.ts";

/**
 * Deletes a tree of ours although its directories are read-only; an absent one is fine. Symlinks are deleted, never followed.
 * Refuses with `state_unusable` what the system refuses.
 */
export function removeTree(directory: string): void {
  try {
    remove(Buffer.from(directory));
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", `Deleting ${directory}`);
  }
}

const slash = Buffer.from(path.sep);

/** Paths are bytes: an engine may leave names that are no text. */
function remove(directory: Buffer): void {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) {
    unlinkSync(directory);
    return;
  }
  if ((stat.mode & 0o700) !== 0o700) chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { encoding: "buffer" })) {
    const child = Buffer.concat([directory, slash, entry]);
    try {
      unlinkSync(child);
    } catch (error) {
      if (!["EISDIR", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
      remove(child);
    }
  }
  rmdirSync(directory);
}
