import { CabincrewError, REASONS } from "../../schema/index.ts";
import type { EventDraft, LedgerEvent, RecordedVote } from "../ledger/event.ts";
import type { RunState } from "../states/states.ts";
import { nextState } from "../states/table.ts";
import type { ApprovalState, RunRecord } from "./record.ts";

/** Where an event stands: what the ledger adds to a draft, as far as the fold needs it. */
export interface Place {
  readonly run_id: string;
  readonly seq: number;
  readonly at: string;
}

/** The record after one more event. Pure. Throws `internal` when the transition table forbids the event. */
export function applyEvent(before: RunRecord | null, event: EventDraft, place: Place): RunRecord {
  const state = stateAfter(before, event);
  if (before === null) return opened(event, place);
  const common = { version: before.version + 1, state, updated_at: place.at };
  return { ...before, ...common, ...changesBy(before, event, place) };
}

/**
 * The same for a record that nobody else holds: it is changed itself, which is several times faster where millions of events
 * are folded. As it was when the event is forbidden.
 */
export function applyEventInPlace(record: RunRecord | null, event: EventDraft, place: Place): RunRecord {
  const state = stateAfter(record, event);
  if (record === null) return opened(event, place);
  const changed: Changeable<RunRecord> = Object.assign(record, changesBy(record, event, place));
  changed.version += 1;
  changed.state = state;
  changed.updated_at = place.at;
  return changed;
}

type Changeable<T> = { -readonly [Key in keyof T]: T[Key] };

const NOTHING = {} as const;

function stateAfter(before: RunRecord | null, event: EventDraft): RunState {
  const state = nextState(before?.state ?? null, event.type, before?.before_pause ?? null);
  if (state) return state;
  throw new CabincrewError("internal", `Event ${event.type} cannot happen in state ${before?.state ?? "(no run)"}.`);
}

/** What an event changes besides version, state and time, which every event does. Keys in order here as well. */
function changesBy(before: RunRecord, event: EventDraft, place: Place): Partial<RunRecord> {
  switch (event.type) {
    case "run.opened":
    case "preflight.started":
    case "run.completed":
    case "run.interrupted":
    case "token.verified":
      return NOTHING;
    case "flight_plan.started":
      return {
        flight_plan_attempts: event.data.attempt,
        workspace_hash: event.data.workspace_hash,
      };
    case "flight_plan.completed":
      return { plan: event.data.stop, plan_receipt: event.data.receipt };
    case "artifacts.sealed": {
      const { bytes, count, list_sha256 } = event.data;
      return { artifacts: { bytes, count, list_sha256 } };
    }
    case "token.created":
      return {
        token: event.data.token,
        changes: event.data.changes,
        review_sha256: event.data.review_sha256,
      };
    case "policy.evaluated":
      return {
        evaluations: [...before.evaluations, event.data.evaluation],
      };
    case "preflight.completed":
      return {
        decision: event.data.decision,
        reasons: event.data.reasons,
      };
    case "approval.requested":
      return {
        approval: {
          ...event.data,
          requested_at: place.at,
          votes: [],
          status: "pending",
        },
      };
    case "approval.recorded":
      return { approval: withVote(before, event.data.vote, place) };
    case "approval.granted":
      return { approval: closed(before.approval, "granted") };
    case "take_off.started":
    case "take_off.retried":
      return {
        take_off_attempts: event.data.attempt,
        unknown: null,
      };
    case "take_off.completed":
      return {
        take_off: event.data.stop,
        outputs_sha256: event.data.outputs_sha256,
        ...(event.data.outcome ? { outcome: event.data.outcome, take_off_receipt: event.data.receipt } : {}),
      };
    case "post_flight.evaluated":
      return { post_flight: [...(before.post_flight ?? []), event.data.evaluation] };
    case "take_off.interrupted":
      return { unknown: event.data.by };
    case "take_off.reconciled":
      return {
        unknown: `${event.data.outcome}: ${event.data.evidence}`,
      };
    case "take_off.resolved":
      return { unknown: null };
    case "run.failed": {
      const { reason, message, next, log_sha256: log } = event.data;
      return {
        failure: { ...(log === undefined ? {} : { log_sha256: log }), message, next, reason },
        approval: closed(before.approval, "closed"),
      };
    }
    case "run.paused":
      return { before_pause: before.state };
    case "run.continued":
      return { before_pause: null };
    case "run.cancelled":
      return {
        failure: {
          message: cancelMessage(event.data.by.id, event.data.comment),
          next: REASONS.cancelled.next,
          reason: "cancelled",
        },
        approval: closed(before.approval, "closed"),
      };
  }
}

/** Folds a run's events in ledger order; null when there are none. */
export function foldRun(events: readonly LedgerEvent[]): RunRecord | null {
  return events.reduce<RunRecord | null>((record, event) => applyEvent(record, event, event), null);
}

function opened(event: EventDraft, place: Place): RunRecord {
  if (event.type !== "run.opened") throw new CabincrewError("internal", `A run cannot begin with ${event.type}.`);
  // Keys in order, so that the canonical form of a record can be written without sorting it.
  return {
    approval: null,
    artifacts: null,
    before_pause: null,
    changes: null,
    created_at: place.at,
    decision: null,
    evaluations: [],
    failure: null,
    flight_plan_attempts: 0,
    opened_seq: place.seq,
    outputs_sha256: null,
    plan: null,
    plan_receipt: null,
    reasons: [],
    requester: event.data.requester,
    review_sha256: null,
    run_id: place.run_id,
    spec: event.data.spec,
    state: "INIT",
    take_off: null,
    take_off_attempts: 0,
    token: null,
    unknown: null,
    updated_at: place.at,
    version: 1,
    workspace_hash: null,
  };
}

function withVote(before: RunRecord, vote: RecordedVote, place: Place): ApprovalState {
  if (!before.approval) throw new CabincrewError("internal", "A vote was recorded without an approval request.");
  return {
    ...before.approval,
    votes: [...before.approval.votes, { ...vote, at: place.at }],
  };
}

function closed(approval: ApprovalState | null, status: "granted" | "closed"): ApprovalState | null {
  return approval && approval.status === "pending" ? { ...approval, status } : approval;
}

function cancelMessage(who: string, comment: string | null): string {
  return comment ? `${who} cancelled the run: ${comment}` : `${who} cancelled the run.`;
}
