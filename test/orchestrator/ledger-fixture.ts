import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ulid } from "ulid";
import { draft, type EventDraft, type RunSpec } from "../../orchestrator/ledger/event.ts";
import { openSqliteStore, type SqliteStore } from "../../orchestrator/store/sqlite/store.ts";
import type { Decision } from "../../schema/index.ts";

export const AT = "2026-01-02T03:04:05.000Z";

export function stateDirectory(): string {
  return mkdtempSync(path.join(tmpdir(), "cabincrew-state-"));
}

export function openStore(stateDir: string, create = true): SqliteStore {
  return openSqliteStore({ stateDir, create, newId: () => ulid(), now: () => AT });
}

export function spec(changes: Partial<RunSpec> = {}): RunSpec {
  return {
    workspace: "/workspace",
    engine: {
      selection: "exec",
      id: "cabincrew.exec",
      version: "1",
      digest: "e".repeat(64),
      idempotent: true,
      reconcile: true,
      model: null,
    },
    command: ["true"],
    config: { command: ["true"] },
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    sandbox: "auto",
    timeout_seconds: 60,
    plan_only: false,
    step_id: "main",
    workflow_id: "cabincrew.single-step",
    workflow_digest: "f".repeat(64),
    governance_digest: "a".repeat(64),
    input_digest: "b".repeat(64),
    retry_of: null,
    ...changes,
  };
}

const stop = { exit_code: 0, duration_ms: 1, sandbox: "none", log_sha256: null, log_bytes: 0 } as const;
const receipt = (mode: "flight-plan" | "take-off") =>
  ({ protocol_version: "draft", engine_id: "cabincrew.exec", mode, receipt_id: "r", status: "success" }) as const;

export const opened = (changes: Partial<RunSpec> = {}): EventDraft =>
  draft("run.opened", { spec: spec(changes), requester: { id: "ada", proven: false } });

/** A whole legal run, event by event, as the loop would record it. */
export function wholeRun(token = "c".repeat(64)): readonly EventDraft[] {
  return [
    opened(),
    draft("flight_plan.started", { attempt: 1, workspace_hash: "d".repeat(64) }),
    draft("flight_plan.completed", { receipt: receipt("flight-plan"), stop }),
    draft("artifacts.sealed", { count: 0, bytes: 0, list_sha256: "1".repeat(64), first: [] }),
    draft("token.created", {
      token,
      workspace_hash: "d".repeat(64),
      changes: { files: 0, insertions: 0, deletions: 0 },
      review_sha256: null,
    }),
    draft("preflight.started", { policies: ["p"], models: [] }),
    draft("policy.evaluated", {
      evaluation: {
        source: "opa",
        policy_id: "p",
        decision: "allow",
        reason: "no rule matched",
        findings: [],
        evidence: {},
      },
    }),
    draft("preflight.completed", { decision: "allow", reasons: [] }),
    draft("token.verified", { token, workspace_hash: "d".repeat(64), governance_digest: "a".repeat(64) }),
    draft("take_off.started", { token, attempt: 1 }),
    draft("take_off.completed", { receipt: receipt("take-off"), stop, outputs_sha256: null }),
    draft("run.completed", { summary: "done" }),
  ];
}

/** A legal run up to its judgement, which comes to `decision`. */
export function untilPreflight(decision: Decision, token?: string): readonly EventDraft[] {
  return [...wholeRun(token).slice(0, 7), draft("preflight.completed", { decision, reasons: [`judged ${decision}`] })];
}

type RequestData = Extract<EventDraft, { type: "approval.requested" }>["data"];

/** A request for the approval of one operator. */
export function requestedApproval(changes: Partial<RequestData> = {}) {
  return draft("approval.requested", {
    approval_id: "01A",
    token: "c".repeat(64),
    gates: [{ role: "operator", count: 1 }],
    separation_of_duties: false,
    reasons: ["judged require_approval"],
    expires_at: "2030-01-01T00:00:00.000Z",
    nonce: "0123456789abcdef",
    ...changes,
  });
}
