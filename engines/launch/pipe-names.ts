/**
 * Named pipes kept ready. Node has no call for them, and starting `mkfifo` costs about as much as starting an engine, so one
 * start makes several: enough for the two launches of a run at first, more for a process that goes on launching. Each name is
 * handed out once and unlinked by whoever opens it. They lie apart from the state directory, which people copy as a whole.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { findProgram } from "../sandbox/index.ts";
import { isLiving } from "./processes.ts";

export type PipeNames = readonly [stdout: string, stderr: string];

const PREFIX = `cabincrew-pipes-${process.getuid?.() ?? 0}-`;

const FIRST_LAUNCHES = 2;
const LATER_LAUNCHES = 16;

class PipeNamePool {
  readonly #directory: string;
  #ready: PipeNames[] = [];
  #making: Promise<boolean> | undefined;
  #made = 0;

  constructor() {
    this.#directory = path.join(tmpdir(), `${PREFIX}${process.pid}`);
    sweep();
    process.once("exit", () => rmSync(this.#directory, { recursive: true, force: true }));
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
      // Exclusive: a directory that somebody else put there is not ours to write to.
      if (launches === FIRST_LAUNCHES) mkdirSync(this.#directory, { mode: 0o700 });
      await promisify(execFile)(mkfifo, ["-m", "600", "--", ...pairs.flat()], { env: {} });
    } catch {
      return false;
    }
    this.#ready.push(...pairs);
    return true;
  }
}

/** What killed processes left; a process's directory is its own until it is gone. */
function sweep(): void {
  const above = tmpdir();
  try {
    for (const name of readdirSync(above)) {
      const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : Number.NaN;
      if (pid !== process.pid && (Number.isNaN(pid) || isLiving(pid))) continue;
      rmSync(path.join(above, name), { recursive: true, force: true });
    }
  } catch {
    // Not ours to remove, or not readable: then it stays.
  }
}

let pool: PipeNamePool | undefined;

/** The pipes of this process. */
export function pipeNames(): PipeNamePool {
  pool ??= new PipeNamePool();
  return pool;
}
