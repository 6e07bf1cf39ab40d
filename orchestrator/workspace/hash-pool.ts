/**
 * Hashes the files a walk finds. This thread does it, and stays responsive in between; worker threads take a share where that is
 * clearly worth their start: at once when there are very many files, later when what is left turns out to take long, as large files
 * or a slow disk make it. Should the workers not start, this thread does their work.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { errnoOf, looked } from "../../schema/index.ts";
import { pump } from "../content/pump.ts";
import { type HashedBatch, hashBatch } from "./hash-batch.ts";
import { READ_PLAIN, systemPath } from "./hash-file.ts";
import { HashJob } from "./hash-job.ts";
import { ChangedMeanwhile, unreadable } from "./refuse.ts";
import { putExactStat, putStat } from "./stat-columns.ts";
import { type Directory, isPlain, kindOfMode } from "./tree.ts";

/** Besides this thread. Each costs 40 to 80 ms of processor time: its start, and compiling once more what runs here already. */
const WORKERS = Math.min(3, availableParallelism() - 1);
/** When workers are started. */
const PACE = {
  /** From so many files on, at once. Fewer small ones take as long without a worker on idle processors, and less on busy ones. */
  manyFiles: 10_000,
  /** Before that, nothing is compiled yet, and it says little about what will follow. */
  coldMs: 40,
  /** What must be left to do for a worker to be worth its start. */
  worthMs: 150,
};
const JOB_FILES = 128;
/** Batches given to a worker ahead: while this thread walks enough not to starve, afterwards few, to share the rest fairly. */
const AHEAD_WALKING = 24;
const AHEAD = 2;
/** Larger files are read asynchronously when they are hashed in this thread, which must stay responsive. */
const LARGE_BYTES = 4 << 20;

interface Lane {
  readonly worker: Worker;
  readonly given: HashJob[];
}

export class HashPool {
  readonly #startWorker: (() => Worker) | undefined;
  readonly #pace: typeof PACE;
  #next = new HashJob();
  #waiting: HashJob[] = [];
  #lanes: Lane[] = [];
  #files = 0;

  /** Without `startWorker` all is hashed in this thread. */
  constructor(startWorker?: () => Worker, pace = PACE) {
    this.#startWorker = startWorker;
    this.#pace = pace;
  }

  /**
   * Asks for stats, kinds and digests of plain files: the `names` in the absolute `prefix`, which ends in `/`, are the entries from
   * `index` on of `directory`; latin1.
   */
  add(prefix: string, names: readonly string[], directory: Directory, index: number): void {
    for (let from = 0; from < names.length; ) {
      const to = from + JOB_FILES - this.#next.files;
      this.#next.add(prefix, names.slice(from, to), directory, index + from);
      if (this.#next.files >= JOB_FILES) this.#turn();
      from = to;
    }
  }

  /** Fills in all that was asked for. Rejects with ChangedMeanwhile or `workspace_invalid`. */
  async finish(): Promise<void> {
    this.#turn();
    try {
      await Promise.all([...this.#lanes.map((lane) => this.#finishLane(lane)), this.#finishHere()]);
    } finally {
      this.#waiting = [];
      for (const lane of this.#lanes) void lane.worker.terminate();
    }
  }

  #turn(): void {
    this.#files += this.#next.files;
    if (this.#next.files > 0) this.#waiting.push(this.#next);
    this.#next = new HashJob();
    if (this.#files >= this.#pace.manyFiles) this.#startLanes();
    this.#giveAll(AHEAD_WALKING);
  }

  /** Unless they run already, or there are no workers. */
  #startLanes(): void {
    const startWorker = this.#startWorker;
    if (startWorker && this.#lanes.length === 0)
      this.#lanes = Array.from({ length: WORKERS }, () => ({ worker: startWorker(), given: [] }));
  }

  #giveAll(ahead: number): void {
    for (let more = true; more; ) more = this.#lanes.map((lane) => this.#give(lane, ahead)).includes(true);
  }

  /** Gives the lane its next batch, unless it has enough; whether it got one. */
  #give(lane: Lane, ahead: number): boolean {
    const job = lane.given.length < ahead ? this.#waiting.shift() : undefined;
    if (!job) return false;
    lane.given.push(job);
    lane.worker.postMessage(job.batch);
    return true;
  }

  async #finishHere(): Promise<void> {
    const late: Promise<void>[] = [];
    const start = performance.now();
    let done = 0;
    for (let job = this.#waiting.shift(); job; job = this.#waiting.shift()) {
      await hashHere(job);
      await setImmediate();
      done++;
      const spent = performance.now() - start;
      const left = (spent / done) * this.#waiting.length;
      if (this.#lanes.length > 0 || spent < this.#pace.coldMs || left < this.#pace.worthMs) continue;
      this.#startLanes();
      this.#giveAll(AHEAD);
      late.push(...this.#lanes.map((lane) => handled(this.#finishLane(lane))));
    }
    await Promise.all(late);
  }

  /** Resolves when the lane has nothing left; what a worker that died leaves is hashed here. */
  async #finishLane(lane: Lane): Promise<void> {
    const { worker, given } = lane;
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (answer: HashedBatch) => {
        const job = given.shift();
        try {
          job?.settle(answer);
          this.#give(lane, AHEAD);
          if (given.length === 0) resolve();
        } catch (error) {
          reject(error);
        }
      });
      worker.once("error", () => resolve());
      worker.once("exit", () => resolve());
      if (given.length === 0) resolve();
    });
    for (const job of given.splice(0)) await hashHere(job);
  }
}

/** The same promise; it is awaited only when this thread has nothing left, and is not unhandled until then. */
function handled(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}

async function hashHere(job: HashJob): Promise<void> {
  const answer = hashBatch(job.batch, LARGE_BYTES);
  const isLarge = ([, failure]: HashedBatch["failures"][number]) => failure === "large";
  job.settle({ ...answer, failures: answer.failures.filter((each) => !isLarge(each)) });
  for (const [file] of answer.failures.filter(isLarge)) await hashLarge(job, file);
}

/** Looks again, through the descriptor it reads from: what was there at the first look may have been replaced. */
async function hashLarge(job: HashJob, file: number): Promise<void> {
  const path = job.pathOf(file);
  const { directory, index } = job.entryOf(file);
  let fd: number | undefined;
  try {
    fd = openSync(systemPath(path), READ_PLAIN);
    const stat = looked(fstatSync(fd));
    const kind = kindOfMode(stat.mode);
    if (!isPlain(kind)) throw new ChangedMeanwhile(path);
    directory.kinds[index] = kind;
    if (!putStat(directory.stats, index, stat)) putExactStat(directory.stats, index, fstatSync(fd, { bigint: true }));
    const { sha256, size } = await pump(fd);
    if (size !== stat.size) throw new ChangedMeanwhile(path);
    directory.digests.write(sha256, index * 32, "hex");
  } catch (error) {
    if (error instanceof ChangedMeanwhile || errnoOf(error) === "ELOOP") throw new ChangedMeanwhile(path);
    throw unreadable(path, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
