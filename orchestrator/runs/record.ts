/** What is known about one run: nothing but the fold of its events, so it can be dropped and made again at any time. */
import type { Decision, Evaluation, ReasonCode, TakeOffOutcome } from "../../schema/index.ts";
import type { ChangeSummary, Principal } from "../api.ts";
import type { EngineStop, GateNeed, RecordedReceipt, RecordedVote, RunSpec } from "../ledger/event.ts";
import type { RunState } from "../states/states.ts";

export interface ApprovalState {
  readonly approval_id: string;
  readonly token: string;
  readonly gates: readonly GateNeed[];
  readonly separation_of_duties: boolean;
  readonly reasons: readonly string[];
  readonly requested_at: string;
  readonly expires_at: string;
  readonly nonce: string;
  readonly votes: readonly (RecordedVote & { readonly at: string })[];
  readonly status: "pending" | "granted" | "closed";
}

export interface RunRecord {
  readonly run_id: string;
  /** Number of the run's events; the compare-and-set value of every change. */
  readonly version: number;
  readonly state: RunState;
  readonly before_pause: RunState | null;
  readonly spec: RunSpec;
  readonly requester: Principal;
  readonly created_at: string;
  readonly updated_at: string;
  /** Ledger position of `run.opened`. */
  readonly opened_seq: number;
  readonly flight_plan_attempts: number;
  readonly take_off_attempts: number;
  readonly workspace_hash: string | null;
  readonly plan_receipt: RecordedReceipt | null;
  readonly plan: EngineStop | null;
  readonly artifacts: {
    readonly list_sha256: string;
    readonly count: number;
    readonly bytes: number;
  } | null;
  readonly token: string | null;
  readonly changes: ChangeSummary | null;
  readonly review_sha256: string | null;
  readonly evaluations: readonly Evaluation[];
  readonly decision: Decision | null;
  readonly reasons: readonly string[];
  readonly approval: ApprovalState | null;
  readonly take_off: EngineStop | null;
  readonly outputs_sha256: string | null;
  /** What take-off came to and what the engine said of it; absent where nothing was measured. */
  readonly outcome?: TakeOffOutcome;
  readonly take_off_receipt?: RecordedReceipt;
  /** What was found after take-off; absent where nothing was. */
  readonly post_flight?: readonly Evaluation[];
  readonly failure: {
    readonly reason: ReasonCode;
    readonly message: string;
    readonly next: string;
    /** Log of the launch that failed. */
    readonly log_sha256?: string;
  } | null;
  /** What is known about an interrupted take-off. */
  readonly unknown: string | null;
}
