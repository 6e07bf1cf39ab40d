/** Why a policy gave no answer; every one of these becomes a deny (DESIGN section 5). The words are stable. */
export type FailureCode =
  | "pack_invalid"
  | "bundle_invalid"
  | "signature_missing"
  | "signature_invalid"
  | "wasm_missing"
  | "digest_mismatch"
  | "data_invalid"
  | "wasm_invalid"
  | "entrypoint_missing"
  | "builtin_missing"
  | "input_invalid"
  | "result_undefined"
  | "result_unknown"
  | "result_invalid"
  | "decision_unknown"
  | "evaluation_failed"
  | "timeout"
  | "memory_limit"
  | "crashed";

/** A failure as data: a stable word and a sentence for people. */
export interface Failure {
  readonly code: FailureCode;
  readonly sentence: string;
}

/** What was wanted, or why it is not there. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

export function failed(code: FailureCode, sentence: string): { readonly failure: Failure } {
  return { failure: { code, sentence } };
}
