/**
 * Applies the changes that are not done yet. The order makes every step possible and every interruption repeatable:
 * directories first, then contents and renames, then removals from the deepest up, last the modes of directories.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { CabincrewError, errnoOf } from "../../../schema/index.ts";
import { type BytePath, bytesOf, parentOf } from "../bytes.ts";
import { needsBody } from "../changes/change.ts";
import { PLAIN_DIRECTORY } from "../changes/find.ts";
import { temporaryName } from "../temporary-name.ts";
import { Batch, gone, removeIfThere } from "./batch.ts";
import type { Directories } from "./directories.ts";
import { statusAt, widened } from "./examine.ts";
import type { PlannedChange } from "./load.ts";

export async function applyChanges(changes: readonly PlannedChange[], directories: Directories): Promise<void> {
  // Modes are exact: what the caller's umask would take away was planned, judged and approved.
  process.umask(0);
  const applier = new Applier(directories);
  for (const change of changes) if (change.now?.kind === "directory") applier.makeDirectory(change);
  for (const change of changes)
    if (placesContent(change) && change.old?.kind !== "directory") await applier.place(change);
  await applier.finish();
  for (const change of changes.toReversed()) applier.remove(change);
  directories.closeAll();
  for (const change of changes)
    if (placesContent(change) && change.old?.kind === "directory") await applier.place(change);
  await applier.finish();
  applier.syncDirectories();
  for (const change of changes.toReversed())
    if (change.now?.kind === "directory") applier.setMode(change.path, change.now.mode);
}

/** After a take-off that failed on the way: what was written and did not take its place. What cannot be removed stays. */
export function removeTemporaries(changes: readonly PlannedChange[], directories: Directories): void {
  for (const change of changes.filter(placesContent)) {
    try {
      removeIfThere(directories.place(temporaryName(change.path)));
    } catch {
      // The next plan of the same change takes it away.
    }
  }
}

function placesContent(change: PlannedChange): boolean {
  return change.now !== undefined && change.now.kind !== "directory";
}

class Applier {
  readonly #directories: Directories;
  readonly #batch: Batch;
  readonly #touched = new Set<BytePath>();

  constructor(directories: Directories) {
    this.#directories = directories;
    this.#batch = new Batch(directories);
  }

  /** With its final mode only at the end: until then its owner must be able to write into it. */
  makeDirectory(change: PlannedChange): void {
    if (!change.now) return;
    this.#makeParents(change.path);
    const mode = widened(change.now.mode);
    const place = this.#require(change.path);
    if (change.old && change.old.kind !== "directory" && !statusAt(place)?.isDirectory()) removeIfThere(place);
    if (statusAt(place)) chmodSync(place, mode);
    else this.#mkdir(place, mode);
    this.#touch(change.path);
  }

  /** Puts a file or link where it belongs. */
  async place(change: PlannedChange): Promise<void> {
    const { now, path, body } = change;
    if (!now) return;
    this.#makeParents(path);
    this.#touch(path);
    if (now.kind === "symlink" && change.oldPath === undefined) this.#link(path, now.link ?? "");
    else if (change.oldPath !== undefined) await this.#rename(change, change.oldPath);
    else if (needsBody(change)) await this.#batch.add(path, body ?? "", now.mode, now.sha256);
    else await this.#setFileMode(path, now.mode, now.sha256);
  }

  finish(): Promise<void> {
    return this.#batch.finish();
  }

  /** Takes away what the plan takes away: deletions, and directories that become something else. */
  remove({ old, now, path }: PlannedChange): void {
    if (!old || (now && (old.kind !== "directory" || now.kind === "directory"))) return;
    const place = this.#directories.place(path);
    const status = place && statusAt(place);
    if (!place || !status || (old.kind === "directory" && !status.isDirectory())) return;
    if (old.kind === "directory") {
      rmdirSync(place);
      // It may have been opened; a stale descriptor must not stand for what comes in its place.
      this.#directories.closeAll();
    } else unlinkSync(place);
    this.#touch(path);
  }

  setMode(path: BytePath, mode: number): void {
    const place = this.#require(path);
    const status = statusAt(place);
    if (!status || status.isSymbolicLink()) throw gone(path);
    if ((status.mode & 0o7777) !== mode) changeMode(place, mode);
  }

  syncDirectories(): void {
    for (const path of this.#touched) this.#directories.sync(path);
  }

  #link(path: BytePath, target: BytePath): void {
    const temporary = temporaryName(path);
    removeIfThere(this.#directories.place(temporary));
    const [from, to] = this.#directories.places(temporary, path);
    if (!from || !to) throw gone(path);
    symlinkSync(bytesOf(target), from);
    renameSync(from, to);
  }

  async #rename({ path, now }: PlannedChange, oldPath: BytePath): Promise<void> {
    const [from, to] = this.#directories.places(oldPath, path);
    if (!to) throw gone(path);
    this.#touched.add(parentOf(oldPath));
    if (from && statusAt(from) && statusAt(to)) unlinkSync(from);
    else if (from && statusAt(from) && !this.#renamed(from, to)) {
      if (now?.kind === "symlink") this.#link(path, now.link ?? "");
      else await this.#moveContent(path, oldPath, now?.mode ?? 0, now?.sha256);
      removeIfThere(this.#directories.place(oldPath));
    }
    if (now?.kind === "file") await this.#setFileMode(path, now.mode, now.sha256);
  }

  /** A file that has other names keeps its mode under those: under this name it becomes one of its own, as new content would make it. */
  async #setFileMode(path: BytePath, mode: number, sha256: string | undefined): Promise<void> {
    const status = statusAt(this.#require(path));
    if (!status?.isFile() || status.nlink === 1 || (status.mode & 0o7777) === mode) return this.setMode(path, mode);
    await this.#batch.addCopy(path, path, mode, sha256);
  }

  /** False between file systems, where content has to be copied. */
  #renamed(from: Buffer, to: Buffer): boolean {
    try {
      renameSync(from, to);
      return true;
    } catch (error) {
      if (errnoOf(error) === "EXDEV") return false;
      throw error;
    }
  }

  async #moveContent(path: BytePath, oldPath: BytePath, mode: number, sha256: string | undefined): Promise<void> {
    await this.#batch.addCopy(path, oldPath, mode, sha256);
    await this.#batch.finish();
  }

  #makeParents(path: BytePath): void {
    const parent = parentOf(path);
    if (parent === "") return;
    const place = this.#directories.place(parent);
    if (place && statusAt(place)) return;
    this.#makeParents(parent);
    this.#mkdir(this.#require(parent), PLAIN_DIRECTORY);
    this.#touch(parent);
  }

  #mkdir(place: Buffer, mode: number): void {
    mkdirSync(place, { mode: mode & 0o777 });
    chmodSync(place, mode);
  }

  #require(path: BytePath): Buffer {
    const place = this.#directories.place(path);
    if (!place) throw gone(path);
    return place;
  }

  #touch(path: BytePath): void {
    this.#touched.add(parentOf(path));
  }
}

/** chmod follows links, and one could be planted here at any moment; an open descriptor cannot be exchanged. */
function changeMode(place: Buffer, mode: number): void {
  const fd = openNoFollow(place);
  if (fd === undefined) {
    // Its owner may not even read it, so there is no descriptor; what can be checked is checked.
    if (lstatSync(place).isSymbolicLink())
      throw new CabincrewError("takeoff_failed", "A link took the place of a file during take-off.");
    chmodSync(place, mode);
    return;
  }
  try {
    fchmodSync(fd, mode);
    // Of files, the directory's own sync is enough; a directory's mode comes last of all.
    if (fstatSync(fd).isDirectory()) fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function openNoFollow(place: Buffer): number | undefined {
  try {
    return openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "EACCES") return undefined;
    throw error;
  }
}
