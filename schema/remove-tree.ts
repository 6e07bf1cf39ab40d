import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { errnoOf, toCabincrewError } from "./error.ts";
import { looked } from "./last-look.ts";

/**
 * Deletes a tree of ours although its directories are read-only; an absent one is fine. Symlinks are deleted, never followed.
 * Refuses with `state_unusable` what the system refuses.
 */
export function removeTree(directory: string): void {
  const root = Buffer.from(directory);
  try {
    remove(root, new Lift(root));
  } catch (error) {
    throw toCabincrewError(error, "state_unusable", `Deleting ${directory}`);
  }
}

const slash = Buffer.from(path.sep);

/** How often a directory is emptied again that somebody else puts something into meanwhile. */
const MOST_TRIES = 20;

/** Bytes below the tree's root from which on a directory is moved up: the system takes no path over 4,096, and recursion has an end. */
const DEEP = 1_024;

/**
 * An engine makes directories as deep as it likes, one relative to the other; by their path from the root those could be neither
 * looked at nor removed. Moved to the root of the tree, which is being deleted anyway, they are as reachable as any other.
 */
class Lift {
  readonly #root: Buffer;
  #taken = 0;

  constructor(root: Buffer) {
    this.#root = root;
  }

  isDeep(directory: Buffer): boolean {
    return directory.length > this.#root.length + DEEP;
  }

  take(directory: Buffer): void {
    const name = Buffer.from(randomBytes(16).toString("hex"));
    unlessGone(() => renameSync(directory, Buffer.concat([this.#root, slash, name])));
    this.#taken += 1;
  }

  /** Whether anything was moved up since this was last asked. */
  hasTaken(): boolean {
    const taken = this.#taken > 0;
    this.#taken = 0;
    return taken;
  }
}

/**
 * Paths are bytes: an engine may leave names that are no text. Others may delete the same tree: who looks at a run that has just
 * ended asks for its lock, which makes its directory once more, and then deletes it as well.
 */
function remove(directory: Buffer, lift: Lift): void {
  for (let tries = MOST_TRIES; ; tries -= 1) {
    const stat = looked(lstatSync(directory, { throwIfNoEntry: false }));
    if (!stat) return;
    if (!stat.isDirectory()) {
      unlessGone(() => unlinkSync(directory));
      return;
    }
    if ((stat.mode & 0o700) !== 0o700) unlessGone(() => chmodSync(directory, 0o700));
    if (lift.isDeep(directory)) {
      lift.take(directory);
      return;
    }
    removeEntries(directory, lift);
    try {
      unlessGone(() => rmdirSync(directory));
      return;
    } catch (error) {
      if (errnoOf(error) !== "ENOTEMPTY" || tries === 0) throw error;
      if (lift.hasTaken()) tries = MOST_TRIES;
    }
  }
}

function removeEntries(directory: Buffer, lift: Lift): void {
  const listed = unlessGone(() => readdirSync(directory, { encoding: "buffer", withFileTypes: true }));
  for (const entry of listed ?? []) {
    const child = Buffer.concat([directory, slash, entry.name]);
    // What is listed as a directory need not be tried as a file: an error costs more than all else here.
    if (entry.isDirectory()) {
      remove(child, lift);
      continue;
    }
    try {
      unlessGone(() => unlinkSync(child));
    } catch (error) {
      if (!["EISDIR", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
      remove(child, lift);
    }
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
