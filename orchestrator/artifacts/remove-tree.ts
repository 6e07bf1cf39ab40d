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

/** How often a directory is emptied again that somebody else puts something into meanwhile. */
const MOST_TRIES = 20;

/**
 * Paths are bytes: an engine may leave names that are no text. Others may delete the same tree: who looks at a run that has just
 * ended asks for its lock, which makes its directory once more, and then deletes it as well.
 */
function remove(directory: Buffer, tries = MOST_TRIES): void {
  const stat = lstatSync(directory, { throwIfNoEntry: false });
  if (!stat) return;
  if (!stat.isDirectory()) {
    unlessGone(() => unlinkSync(directory));
    return;
  }
  if ((stat.mode & 0o700) !== 0o700) unlessGone(() => chmodSync(directory, 0o700));
  for (const entry of unlessGone(() => readdirSync(directory, { encoding: "buffer" })) ?? []) {
    const child = Buffer.concat([directory, slash, entry]);
    try {
      unlessGone(() => unlinkSync(child));
    } catch (error) {
      if (!["EISDIR", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
      remove(child);
    }
  }
  try {
    unlessGone(() => rmdirSync(directory));
  } catch (error) {
    if (errnoOf(error) !== "ENOTEMPTY" || tries === 0) throw error;
    remove(directory, tries - 1);
  }
}

function unlessGone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return undefined;
  }
}
