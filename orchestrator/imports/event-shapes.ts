/**
 * What the events of a run must hold before they are folded here. Our own ledger signs only what its own code made; an imported
 * run was signed by somebody else, whose signature proves who wrote it and nothing about what it is.
 */
import {
  DECISIONS,
  type Evaluation,
  type Finding,
  type FindingWaiver,
  isReasonCode,
  type JsonObject,
  type OutcomeDifference,
  type ReasonCode,
  type ReceiptMetric,
  type TakeOffOutcome,
} from "../../schema/index.ts";
import type { ChangeSummary, Principal, RunPermissions } from "../api.ts";
import type {
  EngineStop,
  EventData,
  EventType,
  GateNeed,
  LedgerEvent,
  RecordedReceipt,
  RecordedVote,
  RunSpec,
} from "../ledger/event.ts";
import { RUN_STATES } from "../states/states.ts";
import {
  anyObject,
  anything,
  type Check,
  count,
  flag,
  is,
  list,
  matching,
  number,
  object,
  oneOf,
  optional,
  orNull,
  sha256,
  text,
} from "./shape.ts";

/** Run ids become names of directories and are typed at a shell: a ULID, and nothing that only resembles one. */
export const RUN_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
export const ulid = matching(RUN_ID, "a ULID");
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
const isTime = (value: unknown) => typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value));
const time = is<string>(isTime, "a time in UTC");

const principal = object<Principal>({ id: text, proven: flag });
const stop = object<EngineStop>({
  exit_code: number,
  duration_ms: number,
  sandbox: oneOf("bubblewrap", "none"),
  log_sha256: orNull(sha256),
  log_bytes: count,
});
const receipt = object<RecordedReceipt>({
  protocol_version: oneOf("draft"),
  engine_id: text,
  mode: oneOf("flight-plan", "take-off", "reconcile"),
  receipt_id: text,
  status: oneOf("success", "failure"),
  error: optional(text),
  warnings: optional(list<string, string[]>(text)),
  diagnostics: optional(anything),
  metrics: optional(list<ReceiptMetric, ReceiptMetric[]>(anyObject())),
  plan_token: optional(text),
});
const objection = oneOf("warn", "require_approval", "deny");
const waiver = object<FindingWaiver>({ id: text, owner: text, reason: text, expires: text, decision: objection });
const finding = object<Finding>({
  decision: objection,
  message: text,
  rule: optional(text),
  severity: optional(text),
  artifact: optional(text),
  file: optional(text),
  line: optional(number),
  fix: optional(text),
  role: optional(text),
  score: optional(number),
  metadata: optional(anyObject()),
  waived: optional(waiver),
});
const evaluation = object<Evaluation>({
  source: oneOf("opa", "onnx", "orchestrator"),
  policy_id: text,
  version: optional(text),
  digest: optional(text),
  decision: oneOf(...DECISIONS),
  reason: text,
  failure: optional(text),
  findings: list(finding),
  evidence: anyObject(),
});
const vote = object<RecordedVote>({
  approval_id: text,
  decision: oneOf("approve", "reject", "resolve-applied", "resolve-not-applied"),
  approver: principal,
  role: text,
  comment: orNull(text),
  payload: anyObject(),
  signature: orNull(text),
  key_id: orNull(text),
});
const permissions = object<RunPermissions>({
  network: flag,
  env: list(text),
  secrets: list(
    object<RunPermissions["secrets"][number]>({
      name: text,
      source: object<RunPermissions["secrets"][number]["source"]>({ kind: oneOf("env"), variable: text }),
    }),
  ),
  read: list(text),
  write: list(text),
});
const spec = object<RunSpec>({
  workspace: text,
  engine: object<RunSpec["engine"]>({
    selection: text,
    id: text,
    version: text,
    digest: text,
    idempotent: flag,
    reconcile: flag,
    model: orNull(text),
  }),
  command: orNull(list(text)),
  config: anyObject(),
  permissions,
  sandbox: oneOf("auto", "required", "off"),
  timeout_seconds: number,
  plan_only: flag,
  step_id: text,
  workflow_id: text,
  workflow_digest: text,
  governance_digest: text,
  governance_dir: optional(text),
  input_digest: text,
  retry_of: orNull(text),
});
const outcome = object<TakeOffOutcome>({
  planned: count,
  applied: count,
  measured: oneOf("workspace", "plan"),
  differences: list(anyObject<OutcomeDifference>()),
  differences_total: count,
});
// The exit code follows from it: one that only a newer version knows cannot be shown for what it is.
const reason = is<ReasonCode>((value) => typeof value === "string" && isReasonCode(value), "a reason code known here");

const DATA: { readonly [Type in EventType]: Check<EventData[Type]> } = {
  "run.opened": object({ spec, requester: principal }),
  "flight_plan.started": object({ attempt: count, workspace_hash: sha256 }),
  "flight_plan.completed": object({ receipt, stop }),
  "artifacts.sealed": object({ count, bytes: count, list_sha256: sha256, first: list(anyObject<JsonObject>()) }),
  "token.created": object({
    token: sha256,
    workspace_hash: sha256,
    changes: object<ChangeSummary>({ files: count, insertions: count, deletions: count }),
    review_sha256: orNull(sha256),
  }),
  "preflight.started": object({ policies: list(text), models: list(text) }),
  "policy.evaluated": object({ evaluation }),
  "preflight.completed": object({ decision: oneOf(...DECISIONS), reasons: list(text) }),
  "approval.requested": object({
    approval_id: text,
    token: sha256,
    gates: list(object<GateNeed>({ role: text, count })),
    separation_of_duties: flag,
    reasons: list(text),
    expires_at: time,
    nonce: text,
  }),
  "approval.recorded": object({ vote }),
  "approval.granted": object({ approval_id: text }),
  "token.verified": object({ token: sha256, workspace_hash: sha256, governance_digest: text }),
  "take_off.started": object({ token: sha256, attempt: count }),
  "take_off.completed": object<EventData["take_off.completed"]>({
    receipt,
    stop,
    outputs_sha256: orNull(sha256),
    outcome: optional(outcome),
  }),
  "post_flight.evaluated": object({ evaluation }),
  "take_off.interrupted": object({ by: text }),
  "take_off.retried": object({ token: sha256, attempt: count, evidence: text }),
  "take_off.reconciled": object({ outcome: oneOf("applied", "partial", "unknown"), evidence: text }),
  "take_off.resolved": object({ outcome: oneOf("applied", "not_applied"), evidence: text, vote: orNull(vote) }),
  "run.completed": object({ summary: text }),
  "run.failed": object<EventData["run.failed"]>({
    reason,
    message: text,
    next: text,
    detail: anyObject(),
    log_sha256: optional(sha256),
  }),
  "run.paused": object({ by: principal }),
  "run.continued": object({ by: principal }),
  "run.cancelled": object({ by: principal, comment: orNull(text) }),
  "run.interrupted": object({ signal: text }),
};

const frame = object<Omit<LedgerEvent, "type" | "data">>({
  format: oneOf("cabincrew.event/1"),
  seq: count,
  event_id: ulid,
  at: time,
  run_id: ulid,
  step_id: text,
  run_seq: count,
  state: oneOf(...RUN_STATES),
  prev: sha256,
});

/** What is wrong with an event that another ledger signed; undefined when it can be folded and shown. */
export function eventProblem(event: LedgerEvent): string | undefined {
  const wrong = frame(event, "it");
  if (wrong) return wrong;
  const { type, data } = event as { readonly type: string; readonly data: unknown };
  if (!Object.hasOwn(DATA, type)) return `its type ${JSON.stringify(String(type).slice(0, 60))} is not known here`;
  return DATA[type as EventType](data as never, "its data");
}
