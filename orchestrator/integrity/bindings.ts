/**
 * What the transition table cannot say: that the events of one run speak of the same plan, workspace and governance, and that
 * nothing took off without the decision or the approval it needed. Pure; looks at one event and the record before it.
 */

import type { LedgerEvent } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { END_STATES } from "../states/states.ts";
import type { FindingCode } from "./findings.ts";

export interface Violation {
  readonly code: FindingCode;
  readonly message: string;
}

/** Every event that names a plan-token must name the run's own. */
export function bindingViolations(run: RunRecord, event: LedgerEvent): readonly Violation[] {
  const violations: Violation[] = [];
  const mismatch = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected)
      violations.push({
        code: "token_mismatch",
        message: `its ${what} is ${String(found)}, the run's is ${String(expected)}`,
      });
  };
  switch (event.type) {
    case "token.created":
      mismatch("workspace hash", event.data.workspace_hash, run.workspace_hash);
      break;
    case "approval.requested":
      mismatch("plan-token", event.data.token, run.token);
      break;
    case "token.verified":
      mismatch("plan-token", event.data.token, run.token);
      mismatch("workspace hash", event.data.workspace_hash, run.workspace_hash);
      mismatch("governance digest", event.data.governance_digest, run.spec.governance_digest);
      if (!cleared(run)) violations.push({ code: "approval_invalid", message: unapproved(run) });
      break;
    case "take_off.started":
      mismatch("plan-token", event.data.token, run.token);
      if (!cleared(run)) violations.push({ code: "approval_invalid", message: unapproved(run) });
      break;
    case "take_off.retried":
      mismatch("plan-token", event.data.token, run.token);
      break;
    default:
  }
  return violations;
}

/** Decided by allow or warn, or granted by people. */
function cleared(run: RunRecord): boolean {
  if (run.decision === "allow" || run.decision === "warn") return true;
  return run.decision === "require_approval" && run.approval?.status === "granted";
}

function unapproved(run: RunRecord): string {
  return run.decision === "require_approval"
    ? "it went on to take-off without the approval it needed"
    : `it went on to take-off although the decision was ${run.decision ?? "never made"}`;
}

/** Whether nothing can follow any more, so that a fold need not be kept. */
export function hasEnded(run: RunRecord): boolean {
  return END_STATES.has(run.state);
}
