/**
 * The transition table as data (spec/states.md). `nextState` is pure and total over (state, event type): it names the state
 * after the event, or undefined when the event may not happen there. Nothing else in the project decides this.
 */
import type { EventType } from "../ledger/event.ts";
import { END_STATES, RUN_STATES, type RunState } from "./states.ts";

interface Transition {
  readonly from: readonly RunState[];
  /** `same`: stays; `before_pause`: back to where `run.paused` found it. */
  readonly to: RunState | "same" | "before_pause";
}

const NOT_ENDED: readonly RunState[] = RUN_STATES.filter((state) => !END_STATES.has(state));
/** From the claim on, a run can no longer be called off: its effects have begun or are unknown. */
const BEFORE_TAKE_OFF: readonly RunState[] = NOT_ENDED.filter(
  (state) => !["TAKEOFF_RUNNING", "EXECUTION_COMPLETE", "TAKEOFF_UNKNOWN"].includes(state),
);

export const TRANSITIONS: {
  readonly [Type in Exclude<EventType, "run.opened">]: Transition;
} = {
  "flight_plan.started": { from: ["INIT", "PLAN_RUNNING"], to: "PLAN_RUNNING" },
  "flight_plan.completed": { from: ["PLAN_RUNNING"], to: "PLAN_GENERATED" },
  "artifacts.sealed": { from: ["PLAN_GENERATED"], to: "ARTIFACTS_VALIDATED" },
  "token.created": { from: ["ARTIFACTS_VALIDATED"], to: "TOKEN_CREATED" },
  "preflight.started": {
    from: ["TOKEN_CREATED", "PRE_FLIGHT_RUNNING"],
    to: "PRE_FLIGHT_RUNNING",
  },
  "policy.evaluated": { from: ["PRE_FLIGHT_RUNNING"], to: "same" },
  "preflight.completed": {
    from: ["PRE_FLIGHT_RUNNING"],
    to: "PREFLIGHT_COMPLETE",
  },
  "approval.requested": {
    from: ["PREFLIGHT_COMPLETE"],
    to: "AWAITING_APPROVAL",
  },
  "approval.recorded": { from: ["AWAITING_APPROVAL"], to: "same" },
  "approval.granted": { from: ["AWAITING_APPROVAL"], to: "APPROVED" },
  "token.verified": {
    from: ["PREFLIGHT_COMPLETE", "APPROVED"],
    to: "READY_FOR_TAKEOFF",
  },
  "take_off.started": { from: ["READY_FOR_TAKEOFF"], to: "TAKEOFF_RUNNING" },
  "take_off.completed": { from: ["TAKEOFF_RUNNING"], to: "EXECUTION_COMPLETE" },
  "take_off.interrupted": { from: ["TAKEOFF_RUNNING"], to: "TAKEOFF_UNKNOWN" },
  "take_off.retried": { from: ["TAKEOFF_UNKNOWN"], to: "TAKEOFF_RUNNING" },
  "take_off.reconciled": { from: ["TAKEOFF_UNKNOWN"], to: "same" },
  "take_off.resolved": { from: ["TAKEOFF_UNKNOWN"], to: "EXECUTION_COMPLETE" },
  "post_flight.evaluated": { from: ["EXECUTION_COMPLETE"], to: "same" },
  "run.completed": { from: ["EXECUTION_COMPLETE"], to: "COMPLETED" },
  "run.failed": { from: NOT_ENDED, to: "FAILED" },
  "run.paused": {
    from: BEFORE_TAKE_OFF.filter((state) => state !== "PAUSED"),
    to: "PAUSED",
  },
  "run.continued": { from: ["PAUSED"], to: "before_pause" },
  "run.cancelled": { from: BEFORE_TAKE_OFF, to: "CANCELLED" },
  "run.interrupted": { from: NOT_ENDED, to: "same" },
};

/** State after `type` in `state` (null: no such run yet). `beforePause` is where a paused run goes back to. */
export function nextState(state: RunState | null, type: EventType, beforePause: RunState | null): RunState | undefined {
  if (type === "run.opened") return state === null ? "INIT" : undefined;
  if (state === null) return undefined;
  const transition = TRANSITIONS[type];
  if (!transition.from.includes(state)) return undefined;
  if (transition.to === "same") return state;
  if (transition.to === "before_pause") return beforePause ?? undefined;
  return transition.to;
}
