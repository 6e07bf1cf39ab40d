/**
 * Hashes the files a walk finds. A few are hashed here at once; many are given to two worker threads in batches while the walk
 * still goes on, so that looking and hashing overlap. Should the workers not start, this thread does their work.
 */

import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import { programFile } from "../../schema/index.ts";
import { type HashBatch, type HashedBatch, hashBatch } from "./hash-batch.ts";
import { STAT_COLUMNS } from "./hash-file.ts";
import { ChangedMeanwhile, unreadableBecause } from "./refuse.ts";
import type { Directory } from "./tree.ts";

const WORKERS = 2;
/** Below both, starting threads costs more than it saves. */
const MANY_FILES = 1500;
const MANY_BYTES = 64 << 20;
const BATCH_FILES = 256;
const BATCH_BYTES = 8 << 20;
/** Opening a file costs about as much as hashing this many bytes. */
const FILE_COST = 12_000;

interface Batch {
  readonly paths: string[];
  readonly targets: { readonly directory: Directory; readonly index: number }[];
  cost: number;
}

interface Lane {
  readonly worker: Worker;
  readonly queue: { readonly batch: Batch; readonly request: HashBatch }[];
  cost: number;
}

export class HashPool {
  readonly #startWorker: (() => Worker) | undefined;
  #batch: Batch = { paths: [], targets: [], cost: 0 };
  #waiting: Batch[] = [];
  #lanes: Lane[] = [];
  #files = 0;
  #bytes = 0;

  /** Without `startWorker` all is hashed in this thread. */
  constructor(startWorker?: () => Worker) {
    this.#startWorker = startWorker;
  }

  /** Asks for the digest of an entry; `path` is absolute, latin1. */
  add(path: string, directory: Directory, index: number, size: number): void {
    this.#files++;
    this.#bytes += size;
    this.#batch.paths.push(path);
    this.#batch.targets.push({ directory, index });
    this.#batch.cost += size + FILE_COST;
    if (this.#batch.paths.length >= BATCH_FILES || this.#batch.cost >= BATCH_BYTES) this.#turn();
  }

  /** Fills in every digest asked for. Rejects with ChangedMeanwhile or `workspace_invalid`. */
  async finish(): Promise<void> {
    this.#turn();
    try {
      for (const batch of this.#waiting) settle(batch, hashBatch(requestOf(batch)));
      await Promise.all(this.#lanes.map(finishLane));
    } finally {
      for (const lane of this.#lanes) void lane.worker.terminate();
    }
  }

  #turn(): void {
    if (this.#batch.paths.length === 0) return;
    this.#waiting.push(this.#batch);
    this.#batch = { paths: [], targets: [], cost: 0 };
    if (this.#lanes.length === 0 && this.#startWorker && (this.#files >= MANY_FILES || this.#bytes >= MANY_BYTES))
      this.#lanes = Array.from({ length: Math.min(WORKERS, availableParallelism()) }, this.#newLane, this);
    if (this.#lanes.length === 0) return;
    for (const batch of this.#waiting) {
      const lane = this.#lanes.reduce((least, next) => (next.cost < least.cost ? next : least));
      const request = requestOf(batch);
      lane.cost += batch.cost;
      lane.queue.push({ batch, request });
      lane.worker.postMessage(request);
    }
    this.#waiting = [];
  }

  #newLane(): Lane {
    if (!this.#startWorker) throw new Error("no workers here");
    return { worker: this.#startWorker(), queue: [], cost: 0 };
  }
}

/** Resolves when all batches of the lane are settled; a worker that dies leaves the rest to this thread. */
async function finishLane(lane: Lane): Promise<void> {
  const { worker, queue } = lane;
  await new Promise<void>((resolve, reject) => {
    const next = () => {
      if (queue.length === 0) resolve();
    };
    worker.on("message", (answer: HashedBatch) => {
      const first = queue.shift();
      try {
        if (first) settle(first.batch, answer);
        next();
      } catch (error) {
        reject(error);
      }
    });
    worker.once("error", () => resolve());
    worker.once("exit", () => resolve());
    next();
  });
  for (const { batch, request } of queue) settle(batch, hashBatch(request));
}

function requestOf(batch: Batch): HashBatch {
  const expected = new BigInt64Array(batch.paths.length * STAT_COLUMNS);
  batch.targets.forEach(({ directory, index }, i) => {
    expected.set(directory.stats.subarray(index * STAT_COLUMNS, (index + 1) * STAT_COLUMNS), i * STAT_COLUMNS);
  });
  return { paths: batch.paths.join("\0"), expected };
}

function settle(batch: Batch, answer: HashedBatch): void {
  const [failed] = answer.failures;
  if (failed) {
    const path = batch.paths[failed[0]] ?? "";
    throw failed[1] === "changed" ? new ChangedMeanwhile(path) : unreadableBecause(path, failed[1]);
  }
  batch.targets.forEach(({ directory, index }, i) => {
    directory.digests.set(answer.digests.subarray(i * 32, i * 32 + 32), index * 32);
  });
}

/** How a worker thread is started where Node has them. */
export async function workerStarter(): Promise<() => Worker> {
  const { Worker } = await import("node:worker_threads");
  const program = programFile("workspace-hash-worker");
  return () => new Worker(program, { execArgv: [], env: {} });
}
