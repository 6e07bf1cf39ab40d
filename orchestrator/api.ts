/**
 * The shapes of the library: what every operation takes and returns. Times are RFC 3339 UTC strings, durations
 * milliseconds, digests 64 lower-case hex digits. Everything the command line prints with --json is one of these.
 */
import type { Decision, Evaluation, ExitCode, JsonObject, ReasonCode } from "../schema/index.ts";
import type { RunState } from "./states/states.ts";

/** Who acts. `proven` is true only where a signature by a key of the authority file stands behind it. */
export interface Principal {
  readonly id: string;
  readonly proven: boolean;
}

/** Where a secret's value comes from; only the names are ever recorded. */
export interface SecretMapping {
  readonly name: string;
  readonly source: { readonly kind: "env"; readonly variable: string };
}

/** What a run may use beyond the workspace; nothing is granted that is not named here. */
export interface RunPermissions {
  readonly network: boolean;
  readonly env: readonly string[];
  readonly secrets: readonly SecretMapping[];
  readonly read: readonly string[];
  readonly write: readonly string[];
}

export interface RunRequest {
  readonly workspace: string;
  /** A command line (runs the bundled `exec` engine), or an engine's name or path. */
  readonly engine: { readonly command: readonly string[] } | { readonly name: string };
  readonly config: JsonObject;
  readonly permissions: RunPermissions;
  readonly sandbox: "auto" | "required" | "off";
  readonly timeoutSeconds?: number;
  /** Leave out what .gitignore names (exec engine). */
  readonly excludeIgnored?: boolean;
  /** `cabincrew plan`: stop when take-off would be next. */
  readonly planOnly?: boolean;
}

/** What happens while a run goes on, for progress views and `--events`. */
export type RunObservation =
  | {
      readonly kind: "state";
      readonly run_id: string;
      readonly state: RunState;
      readonly at: string;
    }
  | { readonly kind: "log"; readonly run_id: string; readonly line: string }
  | {
      readonly kind: "evaluation";
      readonly run_id: string;
      readonly evaluation: Evaluation;
    };

export interface DriveOptions {
  /** Called while the run goes on; what it throws is a warning of the process and changes nothing about the run. */
  readonly observe?: (observation: RunObservation) => void;
  /** Aborted with reason "SIGINT" or "SIGTERM": the engine's process group ends, the run stays resumable. */
  readonly signal?: AbortSignal;
  /** No other run follows with this crew: what judged this one ends before it takes off, which may be long. */
  readonly last?: boolean;
}

export interface ApprovalSummary {
  readonly approval_id: string;
  readonly required_role: string;
  /** Distinct people needed, and those who approved so far. */
  readonly needed: number;
  readonly approved_by: readonly string[];
  readonly requested_at: string;
  readonly expires_at: string;
  /** The command a person types to approve. */
  readonly command: string;
}

export interface ChangeSummary {
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** `run --json` and its relatives (DESIGN section 8). */
export interface RunReport {
  readonly run_id: string;
  readonly state: RunState;
  readonly reason: ReasonCode | null;
  /** One sentence about the reason, and what to do next, for people. */
  readonly message: string | null;
  readonly next: string | null;
  readonly decision: Decision | null;
  readonly plan_token: string | null;
  readonly exit_code: ExitCode;
  readonly approval?: ApprovalSummary;
  readonly changes?: ChangeSummary;
  readonly evaluations: readonly Evaluation[];
  readonly duration_ms: number;
}

/** Where an imported run is from. */
export interface RunOrigin {
  /** Key id of the ledger it is of. */
  readonly ledger: string;
  /** Place of the import in this ledger. */
  readonly entry: number;
}

/** What the import that counts says. */
export interface ImportDetail extends RunOrigin {
  /** SPKI PEM. */
  readonly public_key: string;
  /** The last entry of the run there that is known here. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** `given`: named by who imported it; `before`: from an earlier import; `first_use`: the export's own word. */
  readonly key_known: "given" | "before" | "first_use";
  readonly imported_at: string;
  readonly imported_by: Principal;
  /** Whether diff, logs and bodies of artifacts came along. */
  readonly contents: boolean;
  /** Address of the kept document, and digest and bytes of the file as it came. */
  readonly export_sha256: string;
  readonly file: { readonly sha256: string; readonly size: number };
}

/** `cabincrew import`. */
export interface ImportReport {
  readonly run_id: string;
  readonly outcome: "imported" | "replaced" | "nothing_to_do";
  /** One sentence. */
  readonly message: string;
  readonly state: RunState;
  /** Of the run, as they are known here now. */
  readonly events: number;
  /** Absent where the run is one of this ledger. */
  readonly origin?: ImportDetail;
  readonly exit_code: ExitCode;
}

export interface RunSummary {
  readonly run_id: string;
  readonly state: RunState;
  readonly reason: ReasonCode | null;
  readonly decision: Decision | null;
  readonly plan_token: string | null;
  readonly engine_id: string;
  /** The command line of an exec run, else the engine's id. */
  readonly title: string;
  readonly workspace: string;
  readonly requester: Principal;
  readonly created_at: string;
  readonly updated_at: string;
  /** Only of an imported run. */
  readonly origin?: RunOrigin;
}

export interface PendingApproval extends ApprovalSummary {
  readonly run_id: string;
  readonly plan_token: string;
  readonly title: string;
  readonly requester: Principal;
  readonly reasons: readonly string[];
  readonly changes?: ChangeSummary;
}

export interface ArtifactSummary {
  readonly name: string;
  readonly role: string;
  readonly artifact_type: string;
  readonly action: string;
  readonly target?: string;
  readonly size?: number;
  readonly sha256?: string;
}

/** `cabincrew show`. */
export interface RunDetail extends RunSummary {
  readonly origin?: ImportDetail;
  readonly report: RunReport;
  readonly artifacts: readonly ArtifactSummary[];
  readonly approvals: readonly ApprovalRecord[];
  readonly permissions: RunPermissions;
  readonly governance_digest: string;
  readonly workspace_hash: string | null;
  readonly engine: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
  };
  readonly timeline: readonly {
    readonly seq: number;
    readonly at: string;
    readonly type: string;
    readonly summary: string;
  }[];
}

/** One recorded decision of a person. */
export interface ApprovalRecord {
  readonly approval_id: string;
  readonly decision: "approve" | "reject" | "resolve-applied" | "resolve-not-applied";
  readonly approver: Principal;
  readonly role: string;
  readonly at: string;
  readonly comment: string | null;
  readonly key_id: string | null;
}

export interface DecideRequest {
  /** Plan-token, a unique prefix of 8 or more characters, or a run id. */
  readonly ref: string;
  readonly decision: "approve" | "reject";
  /** Narrows a token that several pending runs share. */
  readonly run?: string;
  readonly comment?: string;
  /** Private key file; required where an authority file is in force. */
  readonly keyFile?: string;
  /** Role to act in, where the approver holds several. */
  readonly role?: string;
}

export interface DecideReport {
  readonly run_id: string;
  readonly approval_id: string;
  readonly decision: "approve" | "reject";
  readonly approver: Principal;
  readonly state: RunState;
  /** People still missing, by role; empty when the gate is satisfied or the plan rejected. */
  readonly missing: readonly {
    readonly role: string;
    readonly needed: number;
    readonly have: number;
  }[];
  readonly plan_token: string;
  readonly exit_code: ExitCode;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly events: number;
  readonly runs: number;
  readonly head: {
    readonly seq: number;
    readonly hash: string;
    readonly signature: string;
    readonly key_id: string;
  } | null;
  readonly findings: readonly {
    readonly code: ReasonCode;
    readonly where: string;
    readonly message: string;
  }[];
  /** What was looked at: chain, signatures, projections, artifacts, approvals. */
  readonly checked: readonly string[];
  readonly duration_ms: number;
}

export interface ReplayReport {
  readonly run_id: string;
  readonly ok: boolean;
  readonly state: RunState;
  readonly plan_token: string | null;
  readonly events: number;
  readonly executed: boolean;
  readonly differences: readonly string[];
  /** What could not be compared: contents of an imported run that came without them. */
  readonly not_compared?: readonly string[];
}

/** `doctor`: one line each of what this machine can do. */
export interface DoctorFinding {
  readonly check: string;
  readonly status: "ok" | "degraded" | "missing";
  readonly detail: string;
  /** How to get it, when it is not ok. */
  readonly remedy?: string;
}
