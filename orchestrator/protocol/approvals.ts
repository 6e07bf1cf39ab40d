/** ApprovalRequest, ApprovalResponse and the approvals of a state record. The signed vote itself is only in our own events. */
import type { JsonObject } from "../../schema/index.ts";
import { engineOutputs, fileOf } from "./engine.ts";
import type { RunHistory, Step } from "./history.ts";

export function approvalRequests(history: RunHistory): JsonObject[] {
  const { spec } = history.run;
  const [engine_output] = engineOutputs(history);
  return history.steps.flatMap(({ event }) => {
    if (event.type !== "approval.requested") return [];
    const { approval_id, gates, reasons, token } = event.data;
    return {
      approval_id,
      workflow_id: spec.workflow_id,
      step_id: spec.step_id,
      reason: reasons.join("; "),
      required_role: gates.map((gate) => gate.role).join(", "),
      ...(engine_output ? { engine_output } : {}),
      evidence: history.planned.map((artifact) => {
        const { name, path, hash } = fileOf(artifact);
        return { name, path, hash };
      }),
      plan_token_hash: token,
    };
  });
}

export function approvalResponses(history: RunHistory): JsonObject[] {
  return votes(history).map(({ vote, event }) => ({
    approval_id: vote.approval_id,
    approved: vote.decision === "approve",
    approver: vote.approver.id,
    ...(vote.comment === null ? {} : { reason: vote.comment }),
    timestamp: event.at,
  }));
}

/** The protocol's ApprovalRecord, as the state record lists it. */
export function approvalRecords(history: RunHistory): JsonObject[] {
  return votes(history).map(({ vote, event }) => ({
    approval_id: vote.approval_id,
    step_id: history.run.spec.step_id,
    plan_token_hash: history.run.token ?? "",
    approved: vote.decision === "approve",
    approver: vote.approver.id,
    approved_at: event.at,
    ...(vote.comment === null ? {} : { reason: vote.comment }),
    ...(history.run.review_sha256 ? { evidence_hashes: [history.run.review_sha256] } : {}),
  }));
}

/** The protocol's AuditApproval of a vote; undefined for other events. */
export function auditApproval({ event, before }: Pick<Step, "event" | "before">): JsonObject | undefined {
  if (event.type !== "approval.recorded") return undefined;
  const { vote } = event.data;
  return {
    approval_id: vote.approval_id,
    required_role: before?.approval?.gates.map((gate) => gate.role).join(", ") ?? vote.role,
    approved: vote.decision === "approve",
    approver: vote.approver.id,
    plan_token_hash: before?.approval?.token ?? before?.token ?? "",
    timestamp: event.at,
    ...(vote.comment === null ? {} : { reason: vote.comment }),
  };
}

function votes(history: RunHistory) {
  return history.steps.flatMap(({ event }) =>
    event.type === "approval.recorded" ? [{ event, vote: event.data.vote }] : [],
  );
}
