/** Our states as the protocol's (spec/protocol-mapping.md): its fourteen as they are, our three as the nearest of them. */
import type { JsonObject } from "../../schema/index.ts";
import type { RunState } from "../states/states.ts";

export type ProtocolState = Exclude<RunState, "PAUSED" | "CANCELLED" | "TAKEOFF_UNKNOWN">;

/** `beforePause`: where a paused run goes on. */
export function protocolState(state: RunState, beforePause: RunState | null): ProtocolState {
  switch (state) {
    case "CANCELLED":
      return "FAILED";
    case "TAKEOFF_UNKNOWN":
      return "TAKEOFF_RUNNING";
    case "PAUSED":
      return beforePause === null || beforePause === "PAUSED" ? "INIT" : protocolState(beforePause, null);
    default:
      return state;
  }
}

/** What the protocol's state leaves out; empty when it says everything. */
export function stateReason(state: RunState): JsonObject {
  switch (state) {
    case "CANCELLED":
      return { cabincrew_state: state, reason: "a person called the run off" };
    case "TAKEOFF_UNKNOWN":
      return { cabincrew_state: state, reason: "take-off was interrupted and its outcome is not known" };
    case "PAUSED":
      return { cabincrew_state: state, reason: "a person paused the run; it goes on from the state named" };
    default:
      return {};
  }
}
