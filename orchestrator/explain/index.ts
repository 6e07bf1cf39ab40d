/** The door of explaining: what judges see and decide, outside of a run (spec/preflight.md). */
export { describeGovernance, type GovernanceReport, type ModelEntry, type PolicyEntry } from "./describe.ts";
export {
  type EvaluateOptions,
  type EvaluationReport,
  evaluateFiles,
  evaluateRun,
  type PlanSource,
} from "./evaluate.ts";
export {
  type ExplainedFinding,
  type ExplainedJudge,
  type ExplainedRule,
  type ExplainReport,
  explainRun,
  preflightInputOf,
} from "./explain-run.ts";
export {
  type ReplayedRun,
  type ReplayJudgementsOptions,
  type ReplayJudgementsReport,
  replayJudgements,
} from "./replay-judgements.ts";
