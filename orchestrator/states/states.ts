/** The states of a run (DESIGN section 1): the protocol's fourteen and three of ours. Stored as strings, never as numbers. */
export const RUN_STATES = [
  "INIT",
  "PLAN_RUNNING",
  "PLAN_GENERATED",
  "ARTIFACTS_VALIDATED",
  "TOKEN_CREATED",
  "PRE_FLIGHT_RUNNING",
  "PREFLIGHT_COMPLETE",
  "AWAITING_APPROVAL",
  "APPROVED",
  "READY_FOR_TAKEOFF",
  "TAKEOFF_RUNNING",
  "EXECUTION_COMPLETE",
  "COMPLETED",
  "FAILED",
  "PAUSED",
  "CANCELLED",
  "TAKEOFF_UNKNOWN",
] as const;

export type RunState = (typeof RUN_STATES)[number];

/** A run in one of these has ended; `resume` only reports it again. */
export const END_STATES: ReadonlySet<RunState> = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/** A run in one of these waits for somebody; the loop stops here. */
export const WAITING_STATES: ReadonlySet<RunState> = new Set(["AWAITING_APPROVAL", "PAUSED", "TAKEOFF_UNKNOWN"]);
