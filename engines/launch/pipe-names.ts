/**
 * Named pipes kept ready. Node has no call for them, and starting `mkfifo` costs about as much as starting an engine, so one
 * start makes several: enough for the two launches of a run at first, more for a process that goes on launching. Each name is
 * handed out once and unlinked by whoever opens it. They lie apart from the state directory, which people copy as a whole.
 */
import { execFile } from "node:child_process";
import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../sandbox/index.ts";
import { isGone } from "./processes.ts";

export type PipeNames = readonly [stdout: string, stderr: string];

const USER = process.getuid?.() ?? 0;

const FIRST_LAUNCHES = 2;
const LATER_LAUNCHES = 16;

class PipeNamePool {
  /** One directory a user, in which each process has its own. */
  readonly #above = path.join(tmpdir(), `cabincrew-pipes-${USER}`);
  readonly #directory = path.join(this.#above, String(process.pid));
  #ready: PipeNames[] = [];
  #making: Promise<boolean> | undefined;
  #made = 0;

  constructor() {
    process.once("exit", () => {
      try {
        rmSync(this.#directory, { recursive: true, force: true });
      } catch {
        // How the command ended is settled; the next process sweeps what lies here.
      }
      removeEmpty(this.#above);
    });
  }

  /** Undefined where named pipes cannot be made. */
  async take(): Promise<PipeNames | undefined> {
    for (;;) {
      const names = this.#ready.pop();
      if (names) return names;
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

  async #make(): Promise<boolean> {
    const mkfifo = await findProgram("mkfifo");
    if (!mkfifo) return false;
    const launches = this.#made === 0 ? FIRST_LAUNCHES : LATER_LAUNCHES;
    const pairs = Array.from({ length: launches }, (_, index): PipeNames => {
      const name = path.join(this.#directory, String(this.#made + index));
      return [`${name}.out`, `${name}.err`];
    });
    this.#made += launches;
    try {
      if (launches === FIRST_LAUNCHES) {
        mkdirSync(this.#above, { recursive: true, mode: 0o700 });
        // What somebody else put in its place is not ours to write to.
        if (!isPrivate(this.#above)) return false;
        sweep(this.#above);
        // Recursive: the last process that leaves takes the user's directory along.
        mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      }
      await promisify(execFile)(mkfifo, ["-m", "600", "--", ...pairs.flat()], { env: {} });
    } catch {
      return false;
    }
    this.#ready.push(...pairs);
    return true;
  }
}

function isPrivate(directory: string): boolean {
  const stat = lstatSync(directory);
  return stat.isDirectory() && stat.uid === USER && (stat.mode & 0o077) === 0;
}

/** What killed processes left, one of our own number included; a process's directory is its own until it is gone. */
function sweep(above: string, keep?: number): void {
  for (const name of readdirSync(above)) {
    const pid = Number(name);
    if (pid !== keep && (pid === process.pid || isGone(pid)))
      rmSync(path.join(above, name), { recursive: true, force: true });
  }
}

/** Removes the pipes that killed processes left, for those who clear up after them and launch nothing. */
export function sweepPipeNames(): void {
  const above = path.join(tmpdir(), `cabincrew-pipes-${USER}`);
  try {
    if (!isPrivate(above)) return;
    sweep(above, process.pid);
    removeEmpty(above);
  } catch {
    // There are none, or another process removes them at the same moment.
  }
}

function removeEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Another process has its pipes in there.
  }
}

let pool: PipeNamePool | undefined;

/** The pipes of this process. */
export function pipeNames(): PipeNamePool {
  pool ??= new PipeNamePool();
  return pool;
}
