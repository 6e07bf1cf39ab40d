/**
 * The worker thread as the judge sees it: jobs go in, one answer each comes out, whatever happens. A job that takes longer than
 * its time, or takes the thread down with it, is answered with a failure; the jobs behind it go on in a new thread. The
 * thread keeps the process alive only while it is held.
 */
import { Worker } from "node:worker_threads";
import { errnoOf, programFile } from "../schema/index.ts";
import { type Failure, type FailureCode, failed } from "./failure.ts";
import type { Answer, Job, Load, Report } from "./messages.ts";
import type { ViewRequest } from "./view/request.ts";

/** An answer, and how long the thread worked on it. */
export interface Done {
  readonly answer: Answer;
  readonly ms: number;
}

interface Pending {
  readonly job: Omit<Job, "load">;
  readonly timeoutMs: number;
  readonly resolve: (done: Done) => void;
}

const MIB = 1024 * 1024;
/** JavaScript heap for parsing answers: as much as the policy itself may use, and never too little to work at all. */
const MIN_HEAP_MIB = 64;
/** A thread that does not even begin is no policy's fault, so it gets a time of its own. */
const START_MS = 30_000;

export class PolicyThread {
  readonly #memoryBytes: number;
  readonly #packs = new Map<number, Load>();
  /** In the order they were sent, which is the order they are done in. */
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  /** Packs the present worker was given. */
  #given = new Set<number>();
  #begun: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #holds = 0;
  #nextId = 1;
  #closed: Failure | undefined;

  constructor(memoryBytes: number) {
    this.#memoryBytes = memoryBytes;
    this.#start();
  }

  /** Makes a pack ready; to be called once for each pack, before it is evaluated. */
  load(pack: number, load: Load, timeoutMs: number): Promise<Done> {
    this.#packs.set(pack, load);
    return this.#run({ pack }, timeoutMs);
  }

  /** The same for a pack that is known to load: it is made ready with its first evaluation. */
  expect(pack: number, load: Load): void {
    this.#packs.set(pack, load);
  }

  evaluate(pack: number, input: ArrayBuffer | ViewRequest, timeoutMs: number): Promise<Done> {
    return this.#run({ pack, input }, timeoutMs);
  }

  /** Evaluates a part of a plan: the verdict holds every finding. */
  evaluatePart(pack: number, input: ArrayBuffer, timeoutMs: number): Promise<Done> {
    return this.#run({ pack, input, part: true }, timeoutMs);
  }

  /** Keeps the process alive until released as often as held. */
  hold(): void {
    this.#holds += 1;
    this.#worker?.ref();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.#worker?.unref();
  }

  /** Ends the thread; what is unanswered, and whatever is asked later, is answered with a failure. */
  async close(): Promise<void> {
    this.#closed ??= failed("crashed", "the judge was closed before it answered").failure;
    const worker = this.#drop();
    this.#answerAll(this.#closed);
    await worker?.terminate();
  }

  #run(about: Omit<Job, "id" | "load">, timeoutMs: number): Promise<Done> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve({ answer: { failure: this.#closed }, ms: 0 });
      const id = this.#nextId++;
      this.#pending.set(id, { job: { id, ...about }, timeoutMs, resolve });
      if (this.#worker) this.#send({ id, ...about });
      else this.#start();
    });
  }

  /** Starts a worker and gives it everything unanswered. */
  #start(): void {
    const heap = Math.max(MIN_HEAP_MIB, Math.ceil(this.#memoryBytes / MIB));
    const worker = new Worker(programFile("policies-worker"), {
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heap },
    });
    this.#worker = worker;
    this.#given = new Set();
    this.#begun = undefined;
    if (this.#holds === 0) worker.unref();
    worker.on("message", (report: Report) => worker === this.#worker && this.#hear(report));
    worker.on("error", (error) => worker === this.#worker && this.#lose(...causeOf(error)));
    worker.on("exit", () => worker === this.#worker && this.#lose("crashed", "its worker thread ended"));
    this.#limit(START_MS);
    for (const { job } of this.#pending.values()) this.#send(job);
  }

  #send(job: Omit<Job, "load">): void {
    const load = this.#given.has(job.pack) ? undefined : this.#packs.get(job.pack);
    this.#given.add(job.pack);
    this.#worker?.postMessage(load ? { ...job, load } : job);
  }

  #hear(report: Report): void {
    const pending = this.#pending.get(report.id);
    if (report.type === "begun") {
      this.#begun = report.id;
      this.#limit(pending?.timeoutMs ?? 0);
      return;
    }
    clearTimeout(this.#timer);
    this.#begun = undefined;
    this.#pending.delete(report.id);
    pending?.resolve({ answer: report.answer, ms: report.ms });
  }

  /** Blames whoever had begun; without anybody to blame there is no use in trying again. */
  #lose(code: FailureCode, sentence: string): void {
    const { failure } = failed(code, sentence);
    const culprit = this.#begun === undefined ? undefined : this.#pending.get(this.#begun);
    void this.#drop()?.terminate();
    if (culprit) {
      this.#pending.delete(culprit.job.id);
      culprit.resolve({ answer: { failure }, ms: culprit.timeoutMs });
      if (this.#pending.size > 0) this.#start();
    } else this.#answerAll(failure);
  }

  #limit(ms: number): void {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    const job = this.#begun;
    const expire = () => {
      if (worker !== this.#worker || job !== this.#begun || (job === undefined && this.#pending.size === 0)) return;
      this.#lose("timeout", "it took longer than a policy may");
    };
    // A report that is already here while this thread was busy counts as in time: look at the queue first.
    this.#timer = setTimeout(() => setImmediate(expire), Math.max(1, ms));
    this.#timer.unref();
  }

  #drop(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    clearTimeout(this.#timer);
    return worker;
  }

  #answerAll(failure: Failure): void {
    for (const { resolve } of this.#pending.values()) resolve({ answer: { failure }, ms: 0 });
    this.#pending.clear();
  }
}

function causeOf(error: Error): [FailureCode, string] {
  if (errnoOf(error) === "ERR_WORKER_OUT_OF_MEMORY")
    return ["memory_limit", "its answer needs more memory than it may use"];
  return ["crashed", `its worker thread failed: ${error.message}`];
}
