/**
 * Hashes the files a walk finds. A few are hashed in this thread; when there are many, worker threads take a share, from the moment
 * that is clear, so that looking and hashing overlap. This thread takes its share, too, and stays responsive in between. Should
 * the workers not start, it does their work.
 */
import { closeSync, constants, openSync } from "node:fs";
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { Worker } from "node:worker_threads";
import { errnoOf } from "../../schema/index.ts";
import { pump } from "../content/pump.ts";
import { type HashBatch, type HashedBatch, hashBatch } from "./hash-batch.ts";
import { STAT_COLUMNS, systemPath } from "./hash-file.ts";
import { ChangedMeanwhile, unreadable, unreadableBecause } from "./refuse.ts";
import { type Directory, kindOfMode } from "./tree.ts";

/** Besides this thread; starting one costs about 50 ms of processor time. */
const WORKERS = Math.min(3, availableParallelism() - 1);
/** Below this, starting threads costs more than it saves. */
const MANY_FILES = 1500;
const BATCH_FILES = 128;
/** Batches given to a worker ahead: while this thread walks enough not to starve, afterwards few, to share the rest fairly. */
const AHEAD_WALKING = 24;
const AHEAD = 2;
/** Larger files are read asynchronously when they are hashed in this thread, which must stay responsive. */
const LARGE_BYTES = 4 << 20;

/** Three columns, since there are many thousands: where file `i` is, and which entry of which directory it is. */
interface Batch {
  readonly paths: string[];
  readonly directories: Directory[];
  readonly indexes: number[];
}

interface Lane {
  readonly worker: Worker;
  readonly given: Batch[];
}

export class HashPool {
  readonly #startWorker: (() => Worker) | undefined;
  #batch = emptyBatch();
  #waiting: Batch[] = [];
  #lanes: Lane[] = [];
  #files = 0;

  /** Without `startWorker` all is hashed in this thread. */
  constructor(startWorker?: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Asks for stats, kind and digest of an entry that is a plain file; `path` is absolute, latin1. */
  add(path: string, directory: Directory, index: number): void {
    this.#files++;
    this.#batch.paths.push(path);
    this.#batch.directories.push(directory);
    this.#batch.indexes.push(index);
    if (this.#batch.paths.length >= BATCH_FILES) this.#turn();
  }

  /** Fills in all that was asked for. Rejects with ChangedMeanwhile or `workspace_invalid`. */
  async finish(): Promise<void> {
    this.#turn();
    try {
      await Promise.all([...this.#lanes.map((lane) => this.#finishLane(lane)), this.#finishHere()]);
    } finally {
      for (const lane of this.#lanes) void lane.worker.terminate();
    }
  }

  #turn(): void {
    if (this.#batch.paths.length > 0) this.#waiting.push(this.#batch);
    this.#batch = emptyBatch();
    const startWorker = this.#startWorker;
    if (this.#lanes.length === 0 && startWorker && this.#files >= MANY_FILES)
      this.#lanes = Array.from({ length: WORKERS }, () => ({
        worker: startWorker(),
        given: [],
      }));
    for (let more = true; more; ) more = this.#lanes.map((lane) => this.#give(lane, AHEAD_WALKING)).includes(true);
  }

  /** Gives the lane its next batch, unless it has enough; whether it got one. */
  #give(lane: Lane, ahead: number): boolean {
    const batch = lane.given.length < ahead ? this.#waiting.shift() : undefined;
    if (!batch) return false;
    lane.given.push(batch);
    lane.worker.postMessage(batch.paths.join("\0") satisfies HashBatch);
    return true;
  }

  async #finishHere(): Promise<void> {
    for (let batch = this.#waiting.shift(); batch; batch = this.#waiting.shift()) {
      await hashHere(batch);
      await setImmediate();
    }
  }

  /** Resolves when the lane has nothing left; what a worker that died leaves is hashed here. */
  async #finishLane(lane: Lane): Promise<void> {
    const { worker, given } = lane;
    await new Promise<void>((resolve, reject) => {
      worker.on("message", (answer: HashedBatch) => {
        const batch = given.shift();
        try {
          if (batch) settle(batch, answer);
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
    for (const batch of given.splice(0)) await hashHere(batch);
  }
}

async function hashHere(batch: Batch): Promise<void> {
  const answer = hashBatch(batch.paths.join("\0"), LARGE_BYTES);
  for (const [index, failure] of answer.failures)
    if (failure === "large") answer.digests.set(await hashLarge(batch.paths[index] ?? ""), index * 32);
  settle(batch, { ...answer, failures: answer.failures.filter(([, failure]) => failure !== "large") });
}

async function hashLarge(path: string): Promise<Uint8Array> {
  try {
    const fd = openSync(systemPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return Buffer.from((await pump(fd)).sha256, "hex");
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw errnoOf(error) === "ELOOP" ? new ChangedMeanwhile(path) : unreadable(path, error);
  }
}

function settle(batch: Batch, answer: HashedBatch): void {
  const [failed] = answer.failures;
  if (failed) {
    const path = batch.paths[failed[0]] ?? "";
    throw failed[1] === "changed" ? new ChangedMeanwhile(path) : unreadableBecause(path, failed[1]);
  }
  const { directories, indexes } = batch;
  for (let i = 0; i < indexes.length; ) {
    const end = endOfRow(batch, i);
    const directory = directories[i] as Directory;
    const index = indexes[i] as number;
    directory.stats.set(answer.stats.subarray(i * STAT_COLUMNS, end * STAT_COLUMNS), index * STAT_COLUMNS);
    directory.digests.set(answer.digests.subarray(i * 32, end * 32), index * 32);
    for (let kind = index; i < end; i++, kind++) directory.kinds[kind] = kindOfMode(answer.modes[i] ?? 0);
  }
}

/** Up to where files follow one another in one directory, as most do: those are filled in with one copy. */
function endOfRow({ directories, indexes }: Batch, start: number): number {
  let end = start + 1;
  while (directories[end] === directories[start] && indexes[end] === (indexes[start] ?? 0) + end - start) end++;
  return end;
}

function emptyBatch(): Batch {
  return { paths: [], directories: [], indexes: [] };
}
