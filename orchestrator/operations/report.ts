import { EXIT, type ExitCode, exitCodeOf } from "../../schema/index.ts";
import type { ApprovalSummary, Principal, RunReport, RunSummary } from "../api.ts";
import type { RunRecord } from "../runs/record.ts";

/** The exit code that a run's state and reason stand for (DESIGN section 8). */
export function exitOf(run: RunRecord): ExitCode {
  switch (run.state) {
    case "FAILED":
    case "CANCELLED":
      return run.failure ? exitCodeOf(run.failure.reason) : EXIT.failed;
    case "AWAITING_APPROVAL":
    case "PAUSED":
      return EXIT.waiting;
    case "TAKEOFF_UNKNOWN":
      return EXIT.unknown;
    default:
      return EXIT.ok;
  }
}

export function reportOf(run: RunRecord, durationMs: number): RunReport {
  const approval = approvalSummary(run);
  return {
    run_id: run.run_id,
    state: run.state,
    reason: reasonOf(run),
    message: run.failure?.message ?? unknownMessage(run),
    next: run.failure?.next ?? nextOf(run),
    decision: run.decision,
    plan_token: run.token,
    exit_code: exitOf(run),
    ...(approval ? { approval } : {}),
    ...(run.changes ? { changes: run.changes } : {}),
    evaluations: run.post_flight ? [...run.evaluations, ...run.post_flight] : run.evaluations,
    duration_ms: Math.round(durationMs),
  };
}

/** The request people can still answer; absent once it is granted or closed. */
export function approvalSummary(run: RunRecord): ApprovalSummary | undefined {
  const { approval } = run;
  if (approval?.status !== "pending") return undefined;
  return {
    approval_id: approval.approval_id,
    required_role: approval.gates.map((gate) => gate.role).join(", "),
    needed: approval.gates.reduce((sum, gate) => sum + gate.count, 0),
    approved_by: approval.votes.filter((vote) => vote.decision === "approve").map((vote) => vote.approver.id),
    requested_at: approval.requested_at,
    expires_at: approval.expires_at,
    command: `cabincrew approve ${approval.token.slice(0, 12)} --run ${run.run_id}`,
  };
}

export function summaryOf(run: RunRecord): Omit<RunSummary, "origin"> {
  return {
    run_id: run.run_id,
    state: run.state,
    reason: reasonOf(run),
    decision: run.decision,
    plan_token: run.token,
    engine_id: run.spec.engine.id,
    title: titleOf(run),
    workspace: run.spec.workspace,
    requester: run.requester,
    created_at: run.created_at,
    updated_at: run.updated_at,
  };
}

export function titleOf(run: RunRecord): string {
  return run.spec.command ? run.spec.command.join(" ") : run.spec.engine.id;
}

/** A person as shown: an unproven identity is never shown as if somebody had proven it. */
export function nameOf(principal: Principal): string {
  return principal.proven ? principal.id : `${principal.id} (not proven)`;
}

function reasonOf(run: RunRecord): RunReport["reason"] {
  if (run.failure) return run.failure.reason;
  if (run.state === "AWAITING_APPROVAL") return "awaiting_approval";
  if (run.state === "PAUSED") return "paused";
  return run.state === "TAKEOFF_UNKNOWN" ? "takeoff_unknown" : null;
}

/** What people can do about a run that waits; the advice of a run that failed is part of its record. */
function nextOf(run: RunRecord): string | null {
  const { run_id: id } = run;
  switch (run.state) {
    case "AWAITING_APPROVAL":
      return `Review it: cabincrew diff ${id}; then approve or reject it.`;
    case "PAUSED":
      return `Continue with: cabincrew resume ${id}`;
    case "TAKEOFF_UNKNOWN":
      return `Find out, then: cabincrew resolve ${id} --applied or --not-applied`;
    default:
      return null;
  }
}

function unknownMessage(run: RunRecord): string | null {
  if (run.state !== "TAKEOFF_UNKNOWN") return null;
  return `Take-off was interrupted (${run.unknown ?? "the driver died"}); whether it took effect is not known.`;
}
