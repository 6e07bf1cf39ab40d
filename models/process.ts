/**
 * The parent's end of the model process: started at once, greeted when onnxruntime is loaded, never keeping an idle
 * orchestrator alive. Once it has failed every request is answered with that failure. Only before its greeting may a process
 * that does not start in bubblewrap be started again without, and is told again what the first was told. It greets before it
 * reads, so whatever a model or a text makes of its process comes after the greeting. A machine that is short of memory or
 * processes for a moment costs nobody the sandbox, nor does whoever ends the process.
 */
import type { ChildProcess, ChildProcessWithoutNullStreams } from "node:child_process";
import { errnoOf, isShortage } from "../schema/index.ts";
import { type Failure, failed, type Outcome } from "./failure.ts";
import { encodeFrame, type Frame, FrameReader } from "./frame.ts";
import { endGroup, launch, type SandboxKind } from "./launch.ts";
import { watchMemory } from "./memory.ts";
import type { Answer, Request } from "./messages.ts";

const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;
const MAX_STDERR = 2_000;
type WithoutId<R> = R extends Request ? Omit<R, "id"> : never;
type Settle = (outcome: Outcome<Buffer>) => void;

/** Those that have not ended; a number in here is nobody else's yet. */
const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) endGroup(child);
});

export interface ModelProcessOptions {
  readonly sandbox: "auto" | "required" | "off";
  /** Where bubblewrap is, if it is installed. */
  readonly bubblewrap: string | undefined;
  readonly hide: readonly string[];
  readonly memoryBytes: number;
}

export class ModelProcess {
  /** Settles once: onnxruntime is loaded, or why it never will be. */
  readonly ready: Promise<Outcome<Buffer>>;
  readonly #options: ModelProcessOptions;
  readonly #waiting = new Map<number, Settle>();
  #child: ChildProcessWithoutNullStreams | undefined;
  #sandbox: SandboxKind = "none";
  #failure: Failure | undefined;
  #greeted = false;
  #holders = 0;
  #lastId = 0;
  #stderr = "";
  /** What was said to it before it greeted. */
  #early: Uint8Array[] = [];
  #unwatch: (() => void) | undefined;

  constructor(options: ModelProcessOptions) {
    this.#options = options;
    this.ready = new Promise((resolve) => this.#waiting.set(0, resolve));
    const bubblewrap = options.sandbox === "off" ? undefined : options.bubblewrap;
    if (options.sandbox === "required" && bubblewrap === undefined)
      this.fail(failed("sandbox_unavailable", "a sandbox is required, but bubblewrap is not installed").failure);
    else this.#start(bubblewrap);
  }

  get sandbox(): SandboxKind {
    return this.#sandbox;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Sends a request and gives its answer's payload; `id` is what later requests call it by. Never rejects. */
  request(message: WithoutId<Request>, payload?: Uint8Array): { id: number; answer: Promise<Outcome<Buffer>> } {
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#failure) return { id, answer: Promise.resolve({ failure: this.#failure }) };
    const answer = new Promise<Outcome<Buffer>>((resolve) => this.#waiting.set(id, resolve));
    if (this.#asked === 1) this.#watch();
    this.send(message, payload, id);
    return { id, answer };
  }

  /** Sends what has no answer. */
  send(message: WithoutId<Request>, payload?: Uint8Array, id = 0): void {
    for (const piece of encodeFrame({ ...message, id }, payload)) {
      if (!this.#greeted) this.#early.push(piece);
      this.#child?.stdin.write(piece);
    }
  }

  /** From here to release() the process keeps the orchestrator's event loop alive: its answers are awaited. */
  hold(): void {
    this.#holders += 1;
    this.#refer();
  }

  release(): void {
    this.#holders -= 1;
    this.#refer();
  }

  /** Ends the process at once; every open and later request gets this failure. */
  fail(failure: Failure): void {
    this.#failure ??= failure;
    this.#unwatch?.();
    this.#end();
    for (const settle of this.#waiting.values()) settle({ failure: this.#failure });
    this.#waiting.clear();
  }

  #start(bubblewrap: string | undefined): void {
    this.#sandbox = bubblewrap === undefined ? "none" : "bubblewrap";
    const plan = { memoryBytes: this.#options.memoryBytes, hide: this.#options.hide, bubblewrap };
    let child: ChildProcessWithoutNullStreams;
    try {
      child = launch(plan);
    } catch (error) {
      this.#ended(error instanceof Error ? error.message : String(error), isShortage(errnoOf(error)));
      return;
    }
    this.#child = child;
    const reader = new FrameReader(MAX_PAYLOAD_BYTES);
    // A write to a process that is gone is no news: its end is reported by `close`.
    child.stdin.on("error", () => undefined);
    child.stdout.on("data", (chunk: Buffer) => this.#receive(reader, chunk));
    child.stdout.on("error", ({ message }) => {
      if (child === this.#child) this.fail(failed("crashed", `the model process cannot be heard (${message})`).failure);
    });
    child.stderr.on("error", () => undefined);
    child.stderr.on("data", (chunk: Buffer) => {
      if (!this.#greeted && this.#stderr.length < MAX_STDERR) this.#stderr += chunk.toString("utf8");
    });
    child.on("error", (error) => child === this.#child && this.#ended(error.message, isShortage(errnoOf(error))));
    if (child.pid !== undefined) living.add(child);
    child.once("exit", () => {
      living.delete(child);
      endGroup(child);
    });
    child.on("close", (code, signal) => {
      const killed = signal === "SIGTERM" || signal === "SIGKILL";
      if (child === this.#child) this.#ended(signal ?? `exit code ${code}`, killed);
    });
    this.#refer();
  }

  #end(): void {
    if (this.#child && living.has(this.#child)) endGroup(this.#child);
  }

  #refer(): void {
    const child = this.#child;
    if (!child) return;
    for (const handle of [child, child.stdin, child.stdout, child.stderr])
      if (isReferable(handle)) this.#holders > 0 ? handle.ref() : handle.unref();
  }

  #receive(reader: FrameReader, chunk: Buffer): void {
    let frames: Frame[];
    try {
      frames = reader.push(chunk);
    } catch {
      this.fail(failed("crashed", "the model process answered in a form nobody understands").failure);
      return;
    }
    for (const { head, payload } of frames) {
      const { id, failure } = head as Answer;
      if (id === 0 && failure && this.#mayRetry()) {
        this.#restart();
        return;
      }
      if (id === 0) {
        this.#greeted = true;
        this.#early = [];
      }
      const settle = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (this.#asked === 0) this.#unwatch?.();
      settle?.(failure ? { failure } : { value: payload });
      if (id === 0 && failure) this.fail(failure);
    }
  }

  #mayRetry(): boolean {
    return !this.#greeted && this.#options.sandbox === "auto" && this.#sandbox === "bubblewrap" && !this.#failure;
  }

  #restart(): void {
    this.#end();
    this.#child = undefined;
    this.#start(undefined);
    this.#repeat();
    this.#watch();
  }

  /** `undecided`: it ended in a way that says nothing about bubblewrap. */
  #ended(how: string, undecided: boolean): void {
    if (!undecided && this.#mayRetry()) {
      this.#restart();
      return;
    }
    const said = this.#stderr.trim().split("\n")[0];
    const detail = this.#greeted || !said ? how : `${how}: ${said}`;
    this.fail(
      !this.#greeted && this.#sandbox === "bubblewrap"
        ? failed("sandbox_unavailable", `the model process did not start in its sandbox (${detail})`).failure
        : failed("crashed", `the model process ended too early (${detail})`).failure,
    );
  }

  #repeat(): void {
    for (const piece of this.#early) this.#child?.stdin.write(piece);
  }

  /** Requests that are not answered yet. */
  get #asked(): number {
    return this.#waiting.size - (this.#waiting.has(0) ? 1 : 0);
  }

  /** Its memory is looked at while it has something to do. */
  #watch(): void {
    this.#unwatch?.();
    if (this.#asked === 0 || this.pid === undefined) return;
    const limit = this.#options.memoryBytes;
    this.#unwatch = watchMemory(this.pid, limit, () =>
      this.fail(failed("memory_limit", `the model process needed more than ${limit} bytes of memory`).failure),
    );
  }
}

function isReferable(handle: object): handle is { ref(): void; unref(): void } {
  return "ref" in handle && "unref" in handle;
}
