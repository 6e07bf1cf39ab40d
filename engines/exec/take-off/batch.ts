/**
 * New file contents, durable and atomic per file: written under a temporary name beside the target, synced, renamed over it.
 * Files go in batches, because the file system syncs many at once for the price of a few.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { promisify } from "node:util";
import { CabincrewError, errnoOf } from "../../../schema/index.ts";
import { readableBytes } from "../../diff/index.ts";
import { type BytePath, bytesOf } from "../bytes.ts";
import { readChunks } from "../changes/content.ts";
import { temporaryName } from "../temporary-name.ts";
import type { Directories } from "./directories.ts";
import { statusAt } from "./examine.ts";

const MOST_FILES = 128;
const MOST_BYTES = 64 * 1024 * 1024;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const sync = promisify(fsync);

interface Pending {
  readonly fd: number;
  readonly temporary: BytePath;
  readonly target: BytePath;
}

export class Batch {
  readonly #directories: Directories;
  #pending: Pending[] = [];
  #bytes = 0;

  constructor(directories: Directories) {
    this.#directories = directories;
  }

  /** Writes the content of `file`, outside the workspace, beside `target`. It takes its place at the latest in `finish`. */
  add(target: BytePath, file: string, mode: number, expected: string | undefined): Promise<void> {
    return this.#add(target, () => Buffer.from(file), mode, expected);
  }

  /** The same with the content of `entry`, a file in the workspace. */
  addCopy(target: BytePath, entry: BytePath, mode: number, expected: string | undefined): Promise<void> {
    // Asked for when it is read: a place is only good until directories are asked for the next one.
    return this.#add(target, () => this.#directories.place(entry), mode, expected);
  }

  async #add(
    target: BytePath,
    source: () => Buffer | undefined,
    mode: number,
    expected: string | undefined,
  ): Promise<void> {
    const temporary = temporaryName(target);
    removeIfThere(this.#directories.place(temporary));
    const [place, present] = this.#directories.places(temporary, target);
    if (!place) throw gone(target);
    const owner = present && statusAt(present);
    const fd = openSync(place, CREATE, 0o600);
    this.#pending.push({ fd, temporary, target });
    const hash = createHash("sha256");
    const from = source();
    if (!from) throw gone(target);
    readChunks(from, (chunk) => {
      hash.update(chunk);
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
      this.#bytes += chunk.length;
    });
    if (hash.digest("hex") !== expected)
      throw new CabincrewError(
        "token_mismatch",
        `The sealed content for ${readableBytes(bytesOf(target))} is not what the plan says.`,
      );
    if (owner) keepOwner(fd, owner.uid, owner.gid);
    fchmodSync(fd, mode);
    if (this.#pending.length >= MOST_FILES || this.#bytes >= MOST_BYTES) await this.finish();
  }

  /** Makes everything added durable and visible. */
  async finish(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    try {
      await Promise.all(pending.map(({ fd }) => sync(fd)));
      for (const each of pending) this.#place(each);
    } finally {
      for (const { fd } of pending) closeSync(fd);
    }
  }

  /** The name is the same for every take-off, so what bears it may meanwhile be another one's, half written. */
  #place({ fd, temporary, target }: Pending): void {
    const [from, to] = this.#directories.places(temporary, target);
    if (!from || !to) throw gone(target);
    if (!isSame(fd, from)) throw exchanged(target);
    renameSync(from, to);
    if (!isSame(fd, to)) throw exchanged(target);
  }
}

function isSame(fd: number, place: Buffer): boolean {
  const own = fstatSync(fd);
  const found = statusAt(place);
  return found?.ino === own.ino && found.dev === own.dev;
}

function exchanged(target: BytePath): CabincrewError {
  return new CabincrewError(
    "takeoff_failed",
    `Another program, perhaps a take-off from another state directory, is writing ${readableBytes(bytesOf(target))} at the same time.`,
  );
}

/** As the file it replaces; only root may give files away, for others the file becomes their own. */
function keepOwner(fd: number, uid: number, gid: number): void {
  try {
    fchownSync(fd, uid, gid);
  } catch (error) {
    if (errnoOf(error) !== "EPERM" && errnoOf(error) !== "EINVAL") throw error;
  }
}

export function removeIfThere(place: Buffer | undefined): void {
  try {
    if (place) unlinkSync(place);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

export function gone(target: BytePath): CabincrewError {
  return new CabincrewError(
    "takeoff_failed",
    `The directory of ${readableBytes(bytesOf(target))} disappeared, or a link took its place, during take-off.`,
  );
}
