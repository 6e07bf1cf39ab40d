/** What the judge and its worker thread say to each other. */
import type { Outcome } from "./failure.ts";
import type { Verdict } from "./result.ts";
import type { ViewRequest } from "./view/request.ts";

/** Instructions to make one pack ready. */
export interface Load {
  readonly wasm: Uint8Array;
  /** The data document as JSON text: text of any depth can be sent. */
  readonly data: string;
  readonly entrypoints: readonly string[];
  /** True where the policy may ask for the file it judges, `data.conftest.file`. */
  readonly named?: boolean;
  /** Upper limit of its WebAssembly memory. */
  readonly memoryBytes: number;
}

/** One job is about one pack: make it ready, evaluate it, or first the one and then the other. */
export interface Job {
  readonly id: number;
  /** The pack's index in the judge's list. */
  readonly pack: number;
  readonly load?: Load;
  /** What to evaluate: the canonical input document in UTF-8, or a view that is built in the thread. */
  readonly input?: ArrayBuffer | ViewRequest;
  /** The input is a part of a plan: no finding is left out, since only all parts together say how many there are. */
  readonly part?: true;
}

/** One outcome an entry point, in the manifest's order; none when there was nothing to evaluate. */
export type Answer = Outcome<readonly Outcome<Verdict>[]>;

/** `begun` before anything of the job runs, so that the judge knows whom to blame when nothing more is heard. */
export type Report =
  | { readonly type: "begun"; readonly id: number }
  | { readonly type: "ended"; readonly id: number; readonly answer: Answer; readonly ms: number };
