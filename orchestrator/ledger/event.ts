/**
 * What the ledger records (spec/ledger.md). An event is a fact: it is appended once, never changed, and everything the
 * orchestrator knows about a run is a fold over its events (DESIGN section 1). No secret value ever enters an event.
 */
import type { Decision, Evaluation, JsonObject, ReasonCode, Receipt, TakeOffOutcome } from "../../schema/index.ts";
import type { Principal, RunPermissions } from "../api.ts";
import type { RunState } from "../states/states.ts";
import type { LedgerImport } from "./import-entry.ts";

/** The request of a run as it is recorded: everything needed to continue it in another process. */
export interface RunSpec {
  readonly workspace: string;
  readonly engine: {
    readonly selection: string;
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    readonly idempotent: boolean;
    readonly reconcile: boolean;
    readonly model: string | null;
  };
  readonly command: readonly string[] | null;
  readonly config: JsonObject;
  readonly permissions: RunPermissions;
  readonly sandbox: "auto" | "required" | "off";
  readonly timeout_seconds: number;
  readonly plan_only: boolean;
  readonly step_id: string;
  readonly workflow_id: string;
  readonly workflow_digest: string;
  readonly governance_digest: string;
  /** The directory that was named when the run was opened; absent where none was. No part of the plan. */
  readonly governance_dir?: string;
  readonly input_digest: string;
  readonly retry_of: string | null;
}

/** One gate an approval request must pass: `count` distinct people holding `role`. */
export interface GateNeed {
  readonly role: string;
  readonly count: number;
}

export interface EngineStop {
  readonly exit_code: number;
  readonly duration_ms: number;
  readonly sandbox: "bubblewrap" | "none";
  readonly log_sha256: string | null;
  readonly log_bytes: number;
}

/** A receipt as it is recorded: its artifact list is the sealed one, which may be too long for an event. */
export type RecordedReceipt = Omit<Receipt, "artifacts">;

/** A recorded vote; `signature` and `key_id` are null where no authority file is in force. */
export interface RecordedVote {
  readonly approval_id: string;
  readonly decision: "approve" | "reject" | "resolve-applied" | "resolve-not-applied";
  readonly approver: Principal;
  readonly role: string;
  readonly comment: string | null;
  readonly payload: JsonObject;
  readonly signature: string | null;
  readonly key_id: string | null;
}

/** Data of each event type. */
export interface EventData {
  "run.opened": { readonly spec: RunSpec; readonly requester: Principal };
  "flight_plan.started": {
    readonly attempt: number;
    readonly workspace_hash: string;
  };
  "flight_plan.completed": {
    readonly receipt: RecordedReceipt;
    readonly stop: EngineStop;
  };
  "artifacts.sealed": {
    readonly count: number;
    readonly bytes: number;
    /** Content address of the list of sealed artifacts. */
    readonly list_sha256: string;
    /** The first 50, for readers of the ledger alone. */
    readonly first: readonly JsonObject[];
  };
  "token.created": {
    readonly token: string;
    readonly workspace_hash: string;
    readonly changes: {
      readonly files: number;
      readonly insertions: number;
      readonly deletions: number;
    };
    /** Content address of the review: the file changes as judged and as shown; null when there are none. */
    readonly review_sha256: string | null;
  };
  "preflight.started": {
    readonly policies: readonly string[];
    readonly models: readonly string[];
  };
  "policy.evaluated": { readonly evaluation: Evaluation };
  "preflight.completed": {
    readonly decision: Decision;
    readonly reasons: readonly string[];
  };
  "approval.requested": {
    readonly approval_id: string;
    readonly token: string;
    readonly gates: readonly GateNeed[];
    readonly separation_of_duties: boolean;
    readonly reasons: readonly string[];
    readonly expires_at: string;
    readonly nonce: string;
  };
  "approval.recorded": { readonly vote: RecordedVote };
  "approval.granted": { readonly approval_id: string };
  "token.verified": {
    readonly token: string;
    readonly workspace_hash: string;
    readonly governance_digest: string;
  };
  "take_off.started": { readonly token: string; readonly attempt: number };
  "take_off.completed": {
    readonly receipt: RecordedReceipt;
    readonly stop: EngineStop;
    readonly outputs_sha256: string | null;
    /** The plan against what was found; absent in ledgers from before it was measured. */
    readonly outcome?: TakeOffOutcome;
  };
  "post_flight.evaluated": { readonly evaluation: Evaluation };
  "take_off.interrupted": { readonly by: string };
  "take_off.retried": {
    readonly token: string;
    readonly attempt: number;
    readonly evidence: string;
  };
  "take_off.reconciled": {
    readonly outcome: "applied" | "partial" | "unknown";
    readonly evidence: string;
  };
  "take_off.resolved": {
    readonly outcome: "applied" | "not_applied";
    readonly evidence: string;
    /** Null when the engine itself reconciled. */
    readonly vote: RecordedVote | null;
  };
  "run.completed": { readonly summary: string };
  "run.failed": {
    readonly reason: ReasonCode;
    readonly message: string;
    readonly next: string;
    readonly detail: JsonObject;
    /** What the engine wrote on stderr, where its launch failed and it wrote anything. */
    readonly log_sha256?: string;
  };
  "run.paused": { readonly by: Principal };
  "run.continued": { readonly by: Principal };
  "run.cancelled": { readonly by: Principal; readonly comment: string | null };
  "run.interrupted": { readonly signal: string };
}

export type EventType = keyof EventData;

/** An event before it has a place in the ledger. */
export type EventDraft = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData[Type] };
}[EventType];

/** An event in its place. `state` is the run's state after it; `run_seq` counts the run's own events from 1. */
export type LedgerEvent = EventDraft & {
  readonly format: "cabincrew.event/1";
  readonly seq: number;
  readonly event_id: string;
  readonly at: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly run_seq: number;
  readonly state: RunState;
  /** Hash of the event before it; 64 zeros for the first. */
  readonly prev: string;
};

/** The first entry of every ledger: which key signs it. */
export interface LedgerGenesis {
  readonly format: "cabincrew.ledger/1";
  readonly type: "ledger.created";
  readonly seq: 1;
  readonly event_id: string;
  readonly at: string;
  readonly key_id: string;
  /** SPKI PEM of the signing key. */
  readonly public_key: string;
  readonly prev: string;
}

export type LedgerEntry = LedgerEvent | LedgerGenesis | LedgerImport;

/** Makes a draft; keeps the type and its data together for the compiler. */
export function draft<Type extends EventType>(type: Type, data: EventData[Type]): EventDraft {
  return { type, data } as EventDraft;
}
