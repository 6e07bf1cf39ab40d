import type {
  Evaluation,
  PolicyBundleVerification,
  PolicyPackInput,
  PreflightContents,
  PreflightInput,
} from "../schema/index.ts";

/**
 * A judge: one configured policy pack or model. Started early (while flight-plan runs) so that loading costs nothing.
 * `judge` never rejects for a reason that lies in the pack, the model or the input: what cannot be loaded or evaluated
 * comes back as a deny with `failure` set (DESIGN section 5). One evaluation an entry point or model.
 */
export interface PolicyJudge {
  /** Without `contents`, what needs whole files takes them for unseen. */
  judge(input: PreflightInput, contents?: PreflightContents): Promise<readonly Evaluation[]>;
  /** Ends worker threads and processes; safe to call at any time, more than once. */
  close(): Promise<void>;
}

/** How a bundle of OPA is to be read; with `verify` an unsigned one is refused, without it a signed one. */
export interface BundleOptions {
  /** `key` is the absolute path of a PEM file, or for HMAC of the secret. */
  readonly verify?: PolicyBundleVerification;
  readonly input?: PolicyPackInput;
}

/** Where a pack is: a directory, or with `bundle` the file of a bundle. */
export interface PackSource {
  readonly directory: string;
  readonly bundle?: BundleOptions;
}

/** A policy pack as found on disk, with its digest computed from the bytes. */
export interface PolicyPack {
  readonly id: string;
  readonly version: string;
  readonly directory: string;
  /** SHA-256 over the canonical list of the pack's files and their digests; part of the governance digest. */
  readonly digest: string;
  /** It is asked after take-off as well. */
  readonly postFlight?: true;
}

export interface PolicyLimits {
  /** Wall time for loading and evaluating one pack, in milliseconds. */
  readonly timeoutMs: number;
  /** WebAssembly memory of one pack, in bytes. */
  readonly memoryBytes: number;
}
