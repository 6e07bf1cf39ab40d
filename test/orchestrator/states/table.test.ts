import { describe, expect, it } from "vitest";
import type { EventType } from "../../../orchestrator/ledger/event.ts";
import { END_STATES, RUN_STATES, type RunState, WAITING_STATES } from "../../../orchestrator/states/states.ts";
import { nextState, TRANSITIONS } from "../../../orchestrator/states/table.ts";

const TYPES = ["run.opened", ...Object.keys(TRANSITIONS)] as EventType[];

/** The whole table, written a second time by hand: state -> event -> state after. Everything absent must be refused. */
const SPECIFICATION: Record<RunState, Partial<Record<EventType, RunState>>> = {
  INIT: { "flight_plan.started": "PLAN_RUNNING" },
  PLAN_RUNNING: { "flight_plan.started": "PLAN_RUNNING", "flight_plan.completed": "PLAN_GENERATED" },
  PLAN_GENERATED: { "artifacts.sealed": "ARTIFACTS_VALIDATED" },
  ARTIFACTS_VALIDATED: { "token.created": "TOKEN_CREATED" },
  TOKEN_CREATED: { "preflight.started": "PRE_FLIGHT_RUNNING" },
  PRE_FLIGHT_RUNNING: {
    "preflight.started": "PRE_FLIGHT_RUNNING",
    "policy.evaluated": "PRE_FLIGHT_RUNNING",
    "preflight.completed": "PREFLIGHT_COMPLETE",
  },
  PREFLIGHT_COMPLETE: { "approval.requested": "AWAITING_APPROVAL", "token.verified": "READY_FOR_TAKEOFF" },
  AWAITING_APPROVAL: { "approval.recorded": "AWAITING_APPROVAL", "approval.granted": "APPROVED" },
  APPROVED: { "token.verified": "READY_FOR_TAKEOFF" },
  READY_FOR_TAKEOFF: { "take_off.started": "TAKEOFF_RUNNING" },
  TAKEOFF_RUNNING: { "take_off.completed": "EXECUTION_COMPLETE", "take_off.interrupted": "TAKEOFF_UNKNOWN" },
  EXECUTION_COMPLETE: { "post_flight.evaluated": "EXECUTION_COMPLETE", "run.completed": "COMPLETED" },
  TAKEOFF_UNKNOWN: {
    "take_off.retried": "TAKEOFF_RUNNING",
    "take_off.reconciled": "TAKEOFF_UNKNOWN",
    "take_off.resolved": "EXECUTION_COMPLETE",
  },
  PAUSED: { "run.continued": "APPROVED" },
  COMPLETED: {},
  FAILED: {},
  CANCELLED: {},
};
const ENDED: readonly RunState[] = ["COMPLETED", "FAILED", "CANCELLED"];
const AFTER_CLAIM: readonly RunState[] = ["TAKEOFF_RUNNING", "EXECUTION_COMPLETE", "TAKEOFF_UNKNOWN"];

function expected(state: RunState, type: EventType): RunState | undefined {
  if (ENDED.includes(state)) return undefined;
  if (type === "run.failed") return "FAILED";
  if (type === "run.interrupted") return state;
  if (type === "run.cancelled") return AFTER_CLAIM.includes(state) ? undefined : "CANCELLED";
  if (type === "run.paused") return AFTER_CLAIM.includes(state) || state === "PAUSED" ? undefined : "PAUSED";
  return SPECIFICATION[state][type];
}

describe("the transition table", () => {
  for (const state of RUN_STATES) {
    it(`answers every event in ${state} as the specification says`, () => {
      for (const type of TYPES) {
        expect(nextState(state, type, "APPROVED"), `${state} + ${type}`).toBe(expected(state, type));
      }
    });
  }

  it("begins a run with run.opened and with nothing else", () => {
    for (const type of TYPES) expect(nextState(null, type, null)).toBe(type === "run.opened" ? "INIT" : undefined);
  });

  it("lets nothing happen to a run that has ended", () => {
    expect([...END_STATES]).toEqual(ENDED);
    for (const state of ENDED) for (const type of TYPES) expect(nextState(state, type, "INIT")).toBeUndefined();
  });

  it("continues a paused run nowhere but where it was paused", () => {
    expect(nextState("PAUSED", "run.continued", "INIT")).toBe("INIT");
    expect(nextState("PAUSED", "run.continued", null)).toBeUndefined();
  });

  it("never reaches take-off without a verified token", () => {
    const into = (target: RunState) =>
      RUN_STATES.flatMap((state) =>
        TYPES.filter((type) => nextState(state, type, null) === target && state !== target).map(
          (type) => `${state} ${type}`,
        ),
      );
    expect(into("READY_FOR_TAKEOFF")).toEqual(["PREFLIGHT_COMPLETE token.verified", "APPROVED token.verified"]);
    expect(into("TAKEOFF_RUNNING")).toEqual(["READY_FOR_TAKEOFF take_off.started", "TAKEOFF_UNKNOWN take_off.retried"]);
    expect([...WAITING_STATES]).toEqual(["AWAITING_APPROVAL", "PAUSED", "TAKEOFF_UNKNOWN"]);
  });
});
