/**
 * The library: everything the command line does can be done from code.
 *
 * ```ts
 * import { openCrew, startRun, decideApproval, resumeRun } from "cabincrew";
 *
 * const crew = await openCrew({ stateDir, configDir, environment: process.env, principal: { id: "ada", proven: false } });
 * const plan = await startRun(crew, {
 *   workspace: ".",
 *   engine: { command: ["npx", "prettier", "--write", "."] },
 *   config: {},
 *   permissions: { network: false, env: [], secrets: [], read: [], write: [] },
 *   sandbox: "auto",
 * });
 * if (plan.state === "AWAITING_APPROVAL" && plan.plan_token) {
 *   await decideApproval(crew, { ref: plan.plan_token, decision: "approve" });
 *   await resumeRun(crew, plan.run_id);
 * }
 * await crew.close();
 * ```
 */
export { type CheckReport, checkEngine, type Engine, resolveEngine } from "../engines/index.ts";
export {
  type BuildOptions,
  buildPolicyPack,
  builtinPolicyPack,
  type RegoTest,
  testPolicyPack,
} from "../policies/index.ts";
export type * from "../schema/index.ts";
export {
  CabincrewError,
  canonicalJson,
  DECISIONS,
  digestOf,
  EXIT,
  exitCodeOf,
  isDecision,
  isReasonCode,
  isSha256,
  REASONS,
  sha256,
} from "../schema/index.ts";
export type * from "./api.ts";
export { type AuditOptions, auditLines } from "./audit/index.ts";
export { generateApproverKey, type ListedKey, listKeys, readPrivateKey, writeKey } from "./authority/index.ts";
export { type Crew, type CrewOptions, openCrew } from "./crew.ts";
export { type DoctorOptions, doctor } from "./doctor/doctor.ts";
export {
  describeGovernance,
  type EvaluateOptions,
  type EvaluationReport,
  type ExplainedFinding,
  type ExplainedJudge,
  type ExplainedRule,
  type ExplainReport,
  evaluateFiles,
  evaluateRun,
  explainRun,
  type GovernanceReport,
  type ModelEntry,
  type PlanSource,
  type PolicyEntry,
  preflightInputOf,
  type ReplayedRun,
  type ReplayJudgementsOptions,
  type ReplayJudgementsReport,
  replayJudgements,
} from "./explain/index.ts";
export { type Governance, loadGovernance } from "./governance/index.ts";
export {
  type GuaranteeReport,
  type GuaranteeResult,
  type GuaranteeStatus,
  type VerifyGuaranteesOptions,
  verifyGuarantees,
} from "./guarantees/index.ts";
export { type ImportOptions, importRun } from "./imports/index.ts";
export { type VerifyOptions, verifyExport, verifyLedger } from "./integrity/index.ts";
export type { EventDraft, LedgerEntry, LedgerEvent } from "./ledger/event.ts";
export { cancelRun, pauseRun, type ResolveOptions, resolveRun } from "./operations/control.ts";
export { decideApproval } from "./operations/decide.ts";
export {
  diffRun,
  type ListOptions,
  type LogOptions,
  listApprovals,
  listRuns,
  readLog,
  showRun,
} from "./operations/queries.ts";
export { latestResumable, resumeAll, resumeRun, retryRun, startRun } from "./operations/run.ts";
export { type BegunRun, beginRun } from "./preflight/ahead.ts";
export { prepareRun } from "./preflight/judges.ts";
export { exportLines, exportRun } from "./protocol/index.ts";
export { replayRun } from "./replay/index.ts";
export { RUN_STATES, type RunState } from "./states/states.ts";
