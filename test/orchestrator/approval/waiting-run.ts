import { type ApproverKey, signVote, unsignedVote, type VotePayload } from "../../../orchestrator/authority/index.ts";
import { draft, type EventDraft, type RecordedVote } from "../../../orchestrator/ledger/event.ts";
import { applyEvent } from "../../../orchestrator/runs/fold.ts";
import type { ApprovalState, RunRecord } from "../../../orchestrator/runs/record.ts";
import type { Decision, JsonObject } from "../../../schema/index.ts";
import { opened, requestedApproval, untilPreflight, AT as VOTED_AT } from "../ledger-fixture.ts";

export const RUN_ID = "01RUN";
export const TOKEN = "c".repeat(64);
/** While the request of `requestedApproval` is open. */
export const NOW = VOTED_AT;

export function recordOf(...events: readonly EventDraft[]): RunRecord {
  const record = events.reduce<RunRecord | null>((before, event, index) => {
    return applyEvent(before, event, { run_id: RUN_ID, seq: index + 1, at: VOTED_AT });
  }, null);
  return record ?? recordOf(opened());
}

/** A run that came to `decision`; for `require_approval` one that waits, with these votes. */
export function judged(decision: Decision): RunRecord {
  return recordOf(...untilPreflight(decision));
}

export function waiting(
  changes: Parameters<typeof requestedApproval>[0] = {},
  ...events: readonly EventDraft[]
): RunRecord & { readonly approval: ApprovalState } {
  const record = recordOf(...untilPreflight("require_approval"), requestedApproval(changes), ...events);
  const { approval } = record;
  if (!approval) throw new Error("the run waits for an approval");
  return { ...record, approval };
}

export const recorded = (vote: RecordedVote): EventDraft => draft("approval.recorded", { vote });
export const granted = (): EventDraft => draft("approval.granted", { approval_id: "01A" });

/** A vote on the request of `requestedApproval`, signed where a key is given. */
export function voteOf(approver: string, changes: Partial<VotePayload> = {}, key?: ApproverKey): RecordedVote {
  const payload: VotePayload = {
    format: "cabincrew.approval/1",
    approval_id: "01A",
    run_id: RUN_ID,
    step_id: "main",
    plan_token: TOKEN,
    decision: "approve",
    approver,
    role: "operator",
    expires_at: "2030-01-01T00:00:00.000Z",
    nonce: "0123456789abcdef",
    ...changes,
  };
  const { signature, key_id } = key ? signVote(payload, key) : unsignedVote(payload);
  return {
    approval_id: payload.approval_id,
    decision: payload.decision,
    approver: { id: approver, proven: key !== undefined },
    role: payload.role,
    comment: payload.comment ?? null,
    payload: payload as unknown as JsonObject,
    signature,
    key_id,
  };
}
