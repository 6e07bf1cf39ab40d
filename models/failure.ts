/** Why a model gave no score; every one of these becomes a deny (DESIGN section 5). */
export type FailureCode =
  | "pack_invalid"
  | "model_missing"
  | "digest_mismatch"
  | "input_unreadable"
  | "runtime_missing"
  | "sandbox_unavailable"
  | "tokenizer_invalid"
  | "model_refused"
  | "output_invalid"
  | "too_much_text"
  | "timeout"
  | "memory_limit"
  | "crashed";

/** A failure as data: a stable code and a sentence for people. Never holds the text that was scored. */
export interface Failure {
  readonly code: FailureCode;
  readonly sentence: string;
}

/** What was wanted, or why it is not there. */
export type Outcome<T> = { readonly value: T } | { readonly failure: Failure };

export function failed(code: FailureCode, sentence: string): { readonly failure: Failure } {
  return { failure: { code, sentence } };
}
