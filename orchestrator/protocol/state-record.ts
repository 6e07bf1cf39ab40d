import type { JsonObject } from "../../schema/index.ts";
import { END_STATES } from "../states/states.ts";
import { approvalRecords } from "./approvals.ts";
import { find, type RunHistory } from "./history.ts";
import { protocolState, stateReason } from "./states.ts";

/** The protocol's WorkflowStateRecord; before there is a plan its plan_token_hash is empty. */
export function workflowStateRecord(history: RunHistory): JsonObject {
  const { run } = history;
  const { spec } = run;
  const done = run.state === "COMPLETED";
  return {
    workflow_id: spec.workflow_id,
    current_state: protocolState(run.state, run.before_pause),
    plan_token_hash: run.token ?? "",
    created_at: run.created_at,
    updated_at: run.updated_at,
    steps_completed: done ? [spec.step_id] : [],
    steps_pending: done || END_STATES.has(run.state) ? [] : [spec.step_id],
    approvals: approvalRecords(history),
    artifacts: artifactRecords(history),
    policy_evaluations: evaluationRecords(history),
    metadata: {
      run_id: run.run_id,
      version: run.version,
      ...stateReason(run.state),
      ...(run.failure ? { failure: { ...run.failure } } : {}),
    },
  };
}

function artifactRecords({ run, planned, steps }: RunHistory): JsonObject[] {
  const sealedAt = find({ steps }, "artifacts.sealed")?.at ?? run.updated_at;
  return planned.map(({ name, artifact_type, action, target, role, metadata_sha256, body }) => ({
    artifact_id: name,
    step_id: run.spec.step_id,
    artifact_hash: body?.sha256 ?? metadata_sha256,
    artifact_type,
    created_at: sealedAt,
    metadata: { role, action, metadata_sha256, ...(target === undefined ? {} : { target }) },
  }));
}

function evaluationRecords({ run, steps }: RunHistory): JsonObject[] {
  return steps.flatMap(({ event }) => {
    if (event.type !== "policy.evaluated") return [];
    const { policy_id, decision, reason, digest } = event.data.evaluation;
    return {
      evaluation_id: event.event_id,
      step_id: run.spec.step_id,
      policy_name: policy_id,
      decision,
      evaluated_at: event.at,
      reason,
      ...(digest === undefined ? {} : { evidence_hashes: [digest] }),
    };
  });
}
