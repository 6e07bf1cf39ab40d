/** The door of the schema room: documents that cross a boundary, canonical JSON, digests, reason codes. */

export { packageRoot, programFile } from "./assets.ts";
export { canonicalJson } from "./canonical.ts";
export { withinDataLimit } from "./data-limit.ts";
export {
  DECISIONS,
  type Decision,
  type Evaluation,
  type Finding,
  type FindingWaiver,
  isDecision,
} from "./decision.ts";
export { withoutInherited } from "./descriptors.ts";
export { compareUtf8, digestOf, isSha256, sha256 } from "./digest.ts";
export {
  CabincrewError,
  type ErrorContext,
  errnoOf,
  toCabincrewError,
  whyOf,
} from "./error.ts";
export type * from "./generated/types.ts";
export { interruptionOf } from "./interruption.ts";
export { isJsonObject, type Json, type JsonObject } from "./json-value.ts";
export { looked } from "./last-look.ts";
export { makeDirectory } from "./make-directory.ts";
export { isOnNoexec } from "./noexec.ts";
export { endingWithParent } from "./parent-death.ts";
export { parseDocument } from "./parse.ts";
export { losesDigits, repeatsKey } from "./plain-json.ts";
export type {
  FileChange,
  Line,
  OutcomeDifference,
  PreflightArtifact,
  PreflightContents,
  PreflightInput,
  TakeOffOutcome,
} from "./preflight-input.ts";
export { readProcFile } from "./proc-file.ts";
export {
  EXIT,
  type ExitCode,
  exitCodeOf,
  isReasonCode,
  REASONS,
  type ReasonCode,
} from "./reasons.ts";
export { removeTree } from "./remove-tree.ts";
export { nameOfRule } from "./rule-name.ts";
export { makeScratch } from "./scratch.ts";
export { isShortage } from "./shortage.ts";
