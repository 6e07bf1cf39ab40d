/** Between the record and the authority: what a vote must be equal to, and what votes add up to. */
import { CabincrewError } from "../../schema/index.ts";
import { type Authority, assertMayVote, OPERATOR_ROLE, tally, verifyVote } from "../authority/index.ts";
import type { RecordedVote } from "../ledger/event.ts";
import type { ApprovalState, RunRecord } from "../runs/record.ts";
import { requestOf } from "./question.ts";

/** What a signed vote on this request has to say, field by field. */
function expectation(run: RunRecord, approval: ApprovalState) {
  return {
    approval_id: approval.approval_id,
    run_id: run.run_id,
    step_id: run.spec.step_id,
    plan_token: approval.token,
    expires_at: approval.expires_at,
    nonce: approval.nonce,
  };
}

/** Refuses a vote that must not be recorded: not for this request, wrong role, late, or the same person's second. */
export function assertVote(
  authority: Authority | undefined,
  run: RunRecord,
  approval: ApprovalState,
  vote: RecordedVote,
  now: string,
): void {
  if (!approval.gates.some((gate) => gate.role === vote.role)) {
    const asked = approval.gates.map((gate) => gate.role).join(", ");
    throw new CabincrewError(
      "approval_invalid",
      `The request asks for ${asked}; ${vote.approver.id} acts as ${vote.role}.`,
      {
        detail: { required: asked, role: vote.role },
      },
    );
  }
  assertMayVote(approval.gates, approval.votes, vote, run.requester, {
    separationOfDuties: approval.separation_of_duties,
  });
  verifyRecorded(authority, run, approval, vote, now);
}

/** Refuses a word about an interrupted take-off by somebody who could not have approved it. */
export function assertResolution(
  authority: Authority | undefined,
  run: RunRecord,
  vote: RecordedVote,
  now: string,
): void {
  const role = authority?.defaultRole ?? OPERATOR_ROLE;
  if (vote.role !== role) {
    throw new CabincrewError(
      "approval_invalid",
      `Only role ${role} may say what became of a take-off; ${vote.approver.id} acts as ${vote.role}.`,
    );
  }
  const request = {
    run_id: run.run_id,
    step_id: run.spec.step_id,
    plan_token: run.token ?? "",
    ...requestOf(run, vote.decision),
  };
  verifyVote(vote, authority, { ...request, decisions: ["resolve-applied", "resolve-not-applied"] }, now);
}

/** Every recorded approval again, as take-off needs it: signatures, roles, persons and count under the authority of now. */
export function assertVotesHold(
  authority: Authority | undefined,
  run: RunRecord,
  approval: ApprovalState,
  now: string,
): void {
  for (const vote of approval.votes) verifyRecorded(authority, run, approval, vote, now);
  if (!tallyOf(run, approval, approval.votes).satisfied) {
    throw new CabincrewError("approval_invalid", "The recorded approvals are not enough for the gates of this plan.");
  }
}

export function tallyOf(run: RunRecord, approval: ApprovalState, votes: readonly RecordedVote[]) {
  return tally(approval.gates, votes, run.requester, { separationOfDuties: approval.separation_of_duties });
}

function verifyRecorded(
  authority: Authority | undefined,
  run: RunRecord,
  approval: ApprovalState,
  vote: RecordedVote,
  now: string,
): void {
  const verified = verifyVote(vote, authority, expectation(run, approval), now);
  if (verified.approver.id !== vote.approver.id || verified.decision !== vote.decision || verified.role !== vote.role) {
    throw new CabincrewError("approval_invalid", `The vote of ${vote.approver.id} is not what was signed.`);
  }
}
