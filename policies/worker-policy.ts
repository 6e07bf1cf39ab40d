/**
 * One pack inside the worker thread: compiled WebAssembly, its data, and evaluation by opa-wasm. What the library and the
 * policy throw (bare strings and objects among it) becomes a failure here and nowhere else. Builtins are opa-wasm's own pure
 * ones; a policy that wants any other is refused when it is loaded, whether or not it would ever call it.
 */
import * as sdk from "@open-policy-agent/opa-wasm";
import { facadeOf } from "./facade.ts";
import { type FailureCode, failed, type Outcome } from "./failure.ts";
import { HOST_BUILTINS } from "./host-builtins.ts";
import type { Answer, Load } from "./messages.ts";
import { parseResultSet, type Verdict } from "./result.ts";
import { SAMPLE } from "./sample.ts";

declare global {
  // Node's types name only the shapes of modules and instances.
  namespace WebAssembly {
    const Module: new (bytes: Uint8Array) => Module;
    const LinkError: new () => Error;
  }
}

type LoadedPolicy = sdk.LoadedPolicy;
// The library's types name what its ES module has only as members of its default export.
const { loadPolicySync } = "default" in sdk ? (sdk.default as typeof sdk) : sdk;

type Dump = "builtins" | "opa_json_dump";

export interface EvaluateOptions {
  readonly conftest?: { readonly dir: string; readonly name: string };
  readonly most?: number;
}

const PAGE_BYTES = 64 * 1024;
/** 32 MiB to begin with, enough for a thousand file changes; what is not touched costs nothing. */
const FIRST_PAGES = 512;
/** What a policy needs beside its input, as a multiple of it: growing bit by bit costs far more than asking at once. */
const HEAP_PER_INPUT = 64;

export class WorkerPolicy {
  readonly #module: WebAssembly.Module;
  readonly #load: Load;
  #policy: LoadedPolicy | undefined;
  #pages: number;

  private constructor(module: WebAssembly.Module, load: Load) {
    this.#module = module;
    this.#load = load;
    this.#pages = Math.min(FIRST_PAGES, pagesIn(load.memoryBytes));
  }

  static open(load: Load): Outcome<WorkerPolicy> {
    let module: WebAssembly.Module;
    try {
      module = new WebAssembly.Module(load.wasm);
    } catch (error) {
      return failed("wasm_invalid", `its WebAssembly is damaged: ${textOf(error)}`);
    }
    const opened = new WorkerPolicy(module, load);
    const ready = opened.#ready();
    if ("failure" in ready) return ready;
    opened.evaluate(bufferOf(JSON.stringify(SAMPLE)));
    return { value: opened };
  }

  get entrypoints(): readonly string[] {
    return this.#load.entrypoints;
  }

  /**
   * With `conftest`, a policy that asks for it finds the file's name under `data.conftest.file`, as it does there. `most` is how
   * many findings are listed.
   */
  evaluate(input: ArrayBuffer, { conftest, most }: EvaluateOptions = {}): Answer {
    const pages = Math.min(pagesIn(input.byteLength * HEAP_PER_INPUT), pagesIn(this.#load.memoryBytes));
    if (pages > this.#pages) {
      this.#pages = pages;
      this.#policy = undefined;
    }
    const data = conftest && this.#load.named ? nameFile(this.#load.data, conftest) : undefined;
    if (data !== undefined) {
      const ready = this.#ready();
      if ("failure" in ready) return ready;
      ready.value.setData(bufferOf(data));
    }
    return { value: this.#load.entrypoints.map((entrypoint) => this.#evaluateEntrypoint(entrypoint, input, most)) };
  }

  #evaluateEntrypoint(entrypoint: string, input: ArrayBuffer, most?: number): Outcome<Verdict> {
    const ready = this.#ready();
    if ("failure" in ready) return ready;
    const name = [entrypoint, facadeOf(entrypoint)].find((known) => Object.hasOwn(ready.value.entrypoints, known));
    if (name === undefined) return failed("entrypoint_missing", `its WebAssembly has no entry point ${entrypoint}`);
    try {
      return parseResultSet(ready.value.evaluate(input, name), most);
    } catch (error) {
      // What was thrown out of may be half way through anything: the next evaluation gets a fresh instance.
      this.#policy = undefined;
      const code = codeOf(error, "evaluation_failed");
      return failed(code, code === "memory_limit" ? this.#tooLarge() : `its evaluation stopped: ${textOf(error)}`);
    }
  }

  #tooLarge(): string {
    const mebibytes = Math.round(this.#load.memoryBytes / 1024 ** 2);
    return `it needs more than the ${mebibytes} MiB of memory that a policy gets; a plan with fewer changes needs less`;
  }

  #ready(): Outcome<LoadedPolicy> {
    if (this.#policy) return { value: this.#policy };
    try {
      const policy = instantiate(this.#module, this.#pages, pagesIn(this.#load.memoryBytes));
      const missing = requiredBuiltins(policy).filter((name) => !HOST_BUILTINS.has(name));
      if (missing.length > 0)
        return failed("builtin_missing", `it calls ${missing.sort().join(", ")}, which policies are not given here`);
      policy.setData(bufferOf(this.#load.data));
      this.#policy = policy;
      return { value: policy };
    } catch (error) {
      const code = codeOf(error, "wasm_invalid");
      if (code === "memory_limit" && textOf(error).includes("could not allocate")) return failed(code, UNALLOCATED);
      return failed(code, `its WebAssembly does not load as a policy: ${textOf(error)}`);
    }
  }
}

/** The data document with `conftest.file` laid over it. */
function nameFile(data: string, file: { readonly dir: string; readonly name: string }): string {
  const document = JSON.parse(data) as { readonly conftest?: object };
  return JSON.stringify({ ...document, conftest: { ...document.conftest, file } });
}

/** V8 reserves some GiB of addresses for each memory, unless it checks bounds itself; not the plan nor the policy is at fault. */
const UNALLOCATED =
  "the system gives WebAssembly no memory; where the address space is limited (`ulimit -v`), lift that limit or set NODE_OPTIONS=--disable-wasm-trap-handler";

function pagesIn(bytes: number): number {
  return Math.max(1, Math.floor(bytes / PAGE_BYTES));
}

/** UTF-8 in a buffer of exactly its size, which is what opa-wasm takes for JSON text. */
function bufferOf(text: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = new TextEncoder().encode(text);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Doubles the first memory until the module accepts it: how much it needs is not readable from a module in Node 20. */
function instantiate(module: WebAssembly.Module, pages: number, maximum: number): LoadedPolicy {
  for (let initial = pages; ; initial = Math.min(initial * 2, maximum)) {
    try {
      return loadPolicySync(module, { initial, maximum });
    } catch (error) {
      if (initial === maximum || !(error instanceof WebAssembly.LinkError)) throw error;
    }
  }
}

/** Names of the builtins the policy expects from outside; opa-wasm looks them up only when they are called. */
function requiredBuiltins(policy: LoadedPolicy): string[] {
  const { exports } = policy.wasmInstance as { readonly exports: Record<Dump, (address?: number) => number> };
  const { builtins, opa_json_dump } = exports;
  const bytes = new Uint8Array(policy.mem.buffer, opa_json_dump(builtins()));
  return Object.keys(JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))));
}

/** The same for WebAssembly that is not going to be evaluated. */
export function listRequiredBuiltins(wasm: Uint8Array): string[] {
  return requiredBuiltins(loadPolicySync(new WebAssembly.Module(wasm), { initial: FIRST_PAGES }));
}

function codeOf(error: unknown, fallback: FailureCode): FailureCode {
  const memory = error instanceof RangeError || error instanceof WebAssembly.LinkError || typeof error === "string";
  return memory && /malloc|memory|Memory/.test(textOf(error)) ? "memory_limit" : fallback;
}

function textOf(error: unknown): string {
  if (error instanceof Error) return error.message.slice(0, 400);
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message).slice(0, 400);
  return String(error).slice(0, 400);
}
