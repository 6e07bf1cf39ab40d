import type { Evaluation, PreflightContents, PreflightInput } from "../schema/index.ts";

/**
 * A judge made of ONNX models, run in a child process that sees only models and input. As with policies, a model that
 * cannot be loaded or evaluated comes back as a deny with `failure` set, never as silence (DESIGN section 5).
 */
export interface ModelJudge {
  /** Without `contents`, what needs whole files takes them for unseen. */
  judge(input: PreflightInput, contents?: PreflightContents): Promise<readonly Evaluation[]>;
  close(): Promise<void>;
}

/** A model pack as found on disk, with its digest computed from the bytes. */
export interface ModelPack {
  readonly id: string;
  readonly version: string;
  readonly directory: string;
  /** SHA-256 over the canonical manifest and the model file's bytes; part of the governance digest. */
  readonly digest: string;
  /** It is asked after take-off as well. */
  readonly postFlight?: true;
}

export interface ModelLimits {
  /** Wall time for loading and scoring, all models together, in milliseconds. */
  readonly timeoutMs: number;
  /** Resident memory of the child process, in bytes. */
  readonly memoryBytes: number;
}
