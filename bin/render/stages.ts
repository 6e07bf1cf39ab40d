import type { RunState } from "../../orchestrator/index.ts";

/** What a run in each state is doing, for people. */
const STAGES: Readonly<Record<RunState, string>> = {
  INIT: "opened",
  PLAN_RUNNING: "planning: the engine runs, nothing takes effect",
  PLAN_GENERATED: "plan made",
  ARTIFACTS_VALIDATED: "artifacts sealed",
  TOKEN_CREATED: "plan hashed",
  PRE_FLIGHT_RUNNING: "policies and models judge the plan",
  PREFLIGHT_COMPLETE: "judged",
  AWAITING_APPROVAL: "waiting for approval",
  APPROVED: "approved",
  READY_FOR_TAKEOFF: "ready: plan verified again before take-off",
  TAKEOFF_RUNNING: "taking off: the plan is being applied",
  EXECUTION_COMPLETE: "applied",
  COMPLETED: "completed",
  FAILED: "failed",
  PAUSED: "paused",
  CANCELLED: "cancelled",
  TAKEOFF_UNKNOWN: "outcome unknown",
};

export function stageOf(state: RunState): string {
  return STAGES[state];
}

/** The states, in the order a run passes through them. */
export const STATE_NAMES = Object.keys(STAGES) as readonly string[] as readonly RunState[];

/** States that a run never leaves. */
export const ENDED: ReadonlySet<string> = new Set<RunState>(["COMPLETED", "FAILED", "CANCELLED"]);
