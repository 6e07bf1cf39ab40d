/**
 * Named pipes kept ready. Node has no call for them, and starting `mkfifo` costs about as much as starting an engine, so one
 * start makes several: enough for the two launches of a run at first, more for a process that goes on launching. Each name is
 * handed out once and unlinked by whoever opens it. They lie apart from the state directory, which people copy as a whole, and
 * never in a workspace, wherever $TMPDIR leads: it is compared before and after, and nothing of ours is written there.
 */
import { type ChildProcess, execFile } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, realpathSync, rmdirSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { errnoOf, looked } from "../../schema/index.ts";
import { findProgram } from "../sandbox/index.ts";
import { isGone } from "./processes.ts";

export type PipeNames = readonly [stdout: string, stderr: string];

const USER = process.getuid?.() ?? 0;

const FIRST_LAUNCHES = 2;
const LATER_LAUNCHES = 16;

/** Where a user's directory of pipes may lie, the best first: none is made, and a relative $TMPDIR would be one per directory. */
function places(): readonly string[] {
  return [tmpdir(), "/dev/shm", "/tmp", "/var/tmp"].filter(path.isAbsolute).flatMap((place) => {
    try {
      return [path.join(realpathSync.native(place), `cabincrew-pipes-${USER}`)];
    } catch {
      return [];
    }
  });
}

export class PipeNamePool {
  /** One directory a user, in which each process has its own; undefined where there is no place for it. */
  #above = places()[0];
  #ready: PipeNames[] = [];
  #making: Promise<boolean> | undefined;
  #made = 0;
  #maker: ChildProcess | undefined;

  constructor() {
    process.once("exit", () => {
      if (this.#above === undefined) return;
      this.#maker?.kill("SIGKILL");
      for (const name of this.#ready.splice(0).flat()) removeName(name);
      const own = ownDirectory(this.#above);
      // Again, should the maker have made one more name meanwhile.
      for (let left = 4; left > 0 && !removeEmpty(own); left -= 1) removeDirectory(own);
      removeEmpty(this.#above);
    });
  }

  /** Undefined where named pipes cannot be made outside of `workspace`. */
  async take(workspace: string): Promise<PipeNames | undefined> {
    await this.keepOutOf(workspace);
    for (;;) {
      const names = this.#ready.pop();
      if (names?.every(isThere)) return names;
      // In a process that lives for days they may have been cleared away meanwhile, as $TMPDIR often is.
      for (const name of this.#ready.splice(0).flat()) removeName(name);
      if (!(await this.prepare())) return undefined;
    }
  }

  /** Makes the next ones unless some are left; safe to call early and without waiting. */
  prepare(): Promise<boolean> {
    if (this.#ready.length > 0) return Promise.resolve(true);
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  /** When it resolves no pipe that is still to be handed out lies in `workspace` (real path), nor a directory made for them. */
  async keepOutOf(workspace: string): Promise<void> {
    const above = this.#above;
    if (above === undefined || !isInside(above, workspace)) return;
    await this.#making;
    for (const name of this.#ready.splice(0).flat()) removeName(name);
    removeEmpty(ownDirectory(above));
    removeEmpty(above);
    this.#above = places().find((place) => !isInside(place, workspace));
    this.#made = 0;
  }

  async #make(): Promise<boolean> {
    const above = this.#above;
    const mkfifo = findProgram("mkfifo");
    if (!mkfifo || above === undefined) return false;
    const first = this.#made === 0;
    const launches = first ? FIRST_LAUNCHES : LATER_LAUNCHES;
    const pairs = Array.from({ length: launches }, (_, index): PipeNames => {
      const name = path.join(ownDirectory(above), String(this.#made + index));
      return [`${name}.out`, `${name}.err`];
    });
    this.#made += launches;
    try {
      mkdirSync(above, { recursive: true, mode: 0o700 });
      // What somebody else put in its place is not ours to write to.
      if (!isPrivate(above)) return false;
      if (first) sweep(above);
      // Recursive: the last process that leaves takes the user's directory along.
      mkdirSync(ownDirectory(above), { recursive: true, mode: 0o700 });
      const making = promisify(execFile)(mkfifo, ["-m", "600", "--", ...pairs.flat()], { env: {} });
      this.#maker = making.child;
      await making;
    } catch {
      return false;
    } finally {
      this.#maker = undefined;
    }
    this.#ready.push(...pairs);
    return true;
  }
}

function ownDirectory(above: string): string {
  return path.join(above, String(process.pid));
}

function isInside(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(path.sep) ? outer : outer + path.sep);
}

function isPrivate(directory: string): boolean {
  const stat = looked(lstatSync(directory));
  return stat.isDirectory() && stat.uid === USER && (stat.mode & 0o077) === 0;
}

/** What killed processes left, one of our own number included; a process's directory is its own until it is gone. */
function sweep(above: string, keep?: number): void {
  for (const name of readdirSync(above)) {
    const pid = Number(name);
    if (pid !== keep && (pid === process.pid || isGone(pid))) removeDirectory(path.join(above, name));
  }
}

/** Removes the pipes that killed processes left, for those who clear up after them and launch nothing. */
export function sweepPipeNames(): void {
  for (const above of new Set(places())) {
    try {
      if (!isPrivate(above)) continue;
      sweep(above, process.pid);
      removeEmpty(above);
    } catch {
      // There are none, or another process removes them at the same moment.
    }
  }
}

/** False where it is not empty: another process has its pipes in there, or the maker has made one more meanwhile. */
function removeEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    return errnoOf(error) === "ENOENT";
  }
}

function isThere(name: string): boolean {
  try {
    return looked(lstatSync(name)).isFIFO();
  } catch {
    return false; // whatever keeps it from being looked at would keep it from being opened
  }
}

function removeName(name: string): void {
  try {
    unlinkSync(name);
  } catch {
    // Somebody else was quicker, or whoever removes the directory will say more.
  }
}

/**
 * Removes a process's directory with its pipes; what cannot be removed stays, and the next process sweeps it. Without rmSync(), which
 * looks at what it removes: while a pipe is what Node 20 looked at last, its realpathSync() follows no link, and a package that was
 * installed as one does not find its own.
 */
function removeDirectory(directory: string): void {
  for (const name of namesIn(directory)) removeName(path.join(directory, name));
  if (!removeEmpty(directory)) removeName(directory);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

let pool: PipeNamePool | undefined;

/** The pipes of this process: those of `begun`, where there are none yet. */
export function pipeNames(begun?: PipeNamePool): PipeNamePool {
  pool ??= begun ?? new PipeNamePool();
  return pool;
}

/** Begins to make pipes for a program that is still being loaded. Returns at once, never fails. */
export function beginPipeNames(): PipeNamePool {
  const begun = new PipeNamePool();
  void begun.prepare();
  return begun;
}
