/**
 * The protocol's write-ahead log of a run. It knows nine kinds of entry; events it has none for are left out here and stand
 * in the exported events. `sequence` is the ledger's, so it grows but has gaps; `checksum` is the entry's hash in the ledger.
 */
import type { JsonObject } from "../../schema/index.ts";
import type { RunHistory, Step } from "./history.ts";
import { protocolState } from "./states.ts";

export function walEntries(history: RunHistory): JsonObject[] {
  return history.steps.flatMap((step) =>
    entriesOf(step, history).map(({ entry_type, data }) => ({
      sequence: step.event.seq,
      timestamp: step.event.at,
      workflow_id: history.run.spec.workflow_id,
      entry_type,
      data,
      checksum: step.stored.hash,
    })),
  );
}

function entriesOf(
  { event, after }: Step,
  { planned }: RunHistory,
): readonly { entry_type: string; data: JsonObject }[] {
  const one = (entry_type: string, data: JsonObject) => [{ entry_type, data }];
  const { step_id } = event;
  switch (event.type) {
    case "run.opened":
      // The protocol wants the token of a plan that does not exist yet.
      return one("workflow_started", { plan_token_hash: "", initial_state: "INIT" });
    case "flight_plan.started":
      return one("step_started", { step_id, step_type: "flight-plan" });
    case "take_off.started":
    case "take_off.retried":
      return one("step_started", { step_id, step_type: "take-off" });
    case "artifacts.sealed":
      return planned.flatMap(({ name, artifact_type, metadata_sha256, body }) =>
        one("artifact_created", { artifact_id: name, artifact_hash: body?.sha256 ?? metadata_sha256, artifact_type }),
      );
    case "policy.evaluated": {
      const { policy_id, decision } = event.data.evaluation;
      return one("policy_evaluated", { evaluation_id: event.event_id, policy_name: policy_id, decision });
    }
    case "approval.requested": {
      const required_role = event.data.gates.map((gate) => gate.role).join(", ");
      return one("approval_requested", { approval_id: event.data.approval_id, step_id, required_role });
    }
    case "approval.recorded": {
      const { approval_id, decision, approver } = event.data.vote;
      return one("approval_received", { approval_id, approved: decision === "approve", approver: approver.id });
    }
    case "take_off.resolved":
      if (event.data.outcome !== "applied") return [];
      return one("step_completed", { step_id, artifacts: planned.map((artifact) => artifact.name) });
    case "take_off.completed":
      return one("step_completed", { step_id, artifacts: planned.map((artifact) => artifact.name) });
    case "run.completed":
      return one("workflow_completed", {
        final_state: protocolState(after.state, after.before_pause),
        artifacts: planned.map((artifact) => artifact.name),
      });
    case "run.failed":
      return one("workflow_failed", { error: `${event.data.reason}: ${event.data.message}`, failed_step: step_id });
    case "run.cancelled":
      return one("workflow_failed", { error: `cancelled: ${after.failure?.message ?? ""}`, failed_step: step_id });
    default:
      return [];
  }
}
