/** One entry of the ledger as the protocol's AuditEvent. Needs only the entry and the record around it, so it can be streamed. */
import type { Evaluation, JsonObject } from "../../schema/index.ts";
import type { LedgerEvent, LedgerGenesis } from "../ledger/event.ts";
import type { LedgerImport } from "../ledger/import-entry.ts";
import { eventSummary } from "../operations/event-summary.ts";
import type { RunRecord } from "../runs/record.ts";
import type { StoredEntry } from "../store/port.ts";
import { auditApproval } from "./approvals.ts";
import { messages } from "./preflight.ts";
import { protocolState } from "./states.ts";

const SEVERITY = { allow: 0, warn: 1, require_approval: 2, deny: 3 } as const;
const SOURCE = { opa: "opa", onnx: "onnx", orchestrator: "custom" } as const;

/** Also valid for a run whose token or artifacts are not known yet: what is not known is left out. */
export function auditEvent(
  stored: StoredEntry,
  event: LedgerEvent,
  before: RunRecord | null,
  after: RunRecord,
  keyId: string,
): JsonObject {
  const state = protocolState(after.state, after.before_pause);
  const approval = auditApproval({ event, before });
  const policy = policyOf(event, state);
  const integrity = integrityOf(event, after);
  return {
    event_id: event.event_id,
    timestamp: event.at,
    event_type: event.type,
    workflow: { workflow_id: after.spec.workflow_id, step_id: event.step_id, ...modeOf(event) },
    workflow_state: state,
    engine: { engine_id: after.spec.engine.id, ...receiptOf(event) },
    ...(event.type === "artifacts.sealed" ? { artifacts: event.data.first.map(artifactOf) } : {}),
    ...(policy ? { policy } : {}),
    ...(approval ? { approval } : {}),
    ...(integrity ? { integrity_check: integrity } : {}),
    signature: stored.signature,
    signature_key_ref: keyId,
    chain_hash: event.prev,
    message: eventSummary(event),
    severity: severityOf(event),
  };
}

/** The entry that begins a ledger: no run yet, so the protocol's first state. */
export function genesisAuditEvent(stored: StoredEntry, genesis: LedgerGenesis): JsonObject {
  return {
    event_id: genesis.event_id,
    timestamp: genesis.at,
    event_type: genesis.type,
    workflow_state: "INIT",
    signature: stored.signature,
    signature_key_ref: genesis.key_id,
    chain_hash: genesis.prev,
    message: `ledger signed by key ${genesis.key_id}`,
    severity: "info",
  };
}

/** A run of another ledger that is kept here: nothing happened to it here, so again the protocol's first state. */
export function importAuditEvent(stored: StoredEntry, entry: LedgerImport, keyId: string): JsonObject {
  const { run_id, ledger, by, key_known } = entry.data;
  return {
    event_id: entry.event_id,
    timestamp: entry.at,
    event_type: entry.type,
    workflow_state: "INIT",
    signature: stored.signature,
    signature_key_ref: keyId,
    chain_hash: entry.prev,
    message: `${by.id} imported run ${run_id} of the ledger of key ${ledger.key_id} (key known: ${key_known})`,
    severity: "info",
  };
}

function modeOf(event: LedgerEvent): JsonObject {
  if (event.type.startsWith("flight_plan.")) return { mode: "flight-plan" };
  return event.type.startsWith("take_off.") ? { mode: "take-off" } : {};
}

function receiptOf(event: LedgerEvent): JsonObject {
  if (event.type !== "flight_plan.completed" && event.type !== "take_off.completed") return {};
  const { receipt_id, status, error } = event.data.receipt;
  return { receipt_id, status, ...(error === undefined ? {} : { error }) };
}

function artifactOf(listed: JsonObject): JsonObject {
  const body = listed["body"] as JsonObject | undefined;
  const { name, role, metadata_sha256 } = listed;
  return {
    name: name ?? "",
    role: role ?? "",
    hash: body?.["sha256"] ?? metadata_sha256 ?? "",
    ...(body?.["size"] === undefined ? {} : { size: body["size"] }),
  };
}

function policyOf(event: LedgerEvent, workflow_state: string): JsonObject | undefined {
  if (event.type === "policy.evaluated" || event.type === "post_flight.evaluated") {
    const { evaluation } = event.data;
    return {
      decision: evaluation.decision,
      policy_evaluations: [policyEvaluation(evaluation, event.at)],
      workflow_state,
      violations: messages([evaluation], "deny"),
      warnings: messages([evaluation], "warn"),
    };
  }
  if (event.type !== "preflight.completed") return undefined;
  return { decision: event.data.decision, aggregation_method: "most_restrictive", workflow_state };
}

function policyEvaluation(evaluation: Evaluation, evaluated_at: string): JsonObject {
  return {
    source: SOURCE[evaluation.source],
    policy_id: evaluation.policy_id,
    decision: evaluation.decision,
    severity: SEVERITY[evaluation.decision],
    reason: evaluation.reason,
    evidence: { ...(evaluation.evidence as JsonObject), findings: evaluation.findings as unknown as JsonObject[] },
    evaluated_at,
  };
}

function integrityOf(event: LedgerEvent, after: RunRecord): JsonObject | undefined {
  if (event.type === "token.verified") {
    const match = event.data.token === after.token;
    return {
      expected_plan_token: after.token ?? "",
      actual_plan_token: event.data.token,
      plan_token_match: match,
      artifacts_match: match,
    };
  }
  if (event.type !== "run.failed" || event.data.reason !== "token_mismatch") return undefined;
  const { actual } = event.data.detail;
  return {
    expected_plan_token: after.token ?? "",
    ...(typeof actual === "string" ? { actual_plan_token: actual } : {}),
    plan_token_match: false,
    artifacts_match: false,
    differences: [event.data.message],
  };
}

function severityOf(event: LedgerEvent): string {
  switch (event.type) {
    case "run.failed":
      return "error";
    case "take_off.interrupted":
    case "take_off.reconciled":
      return "critical";
    case "run.cancelled":
    case "run.interrupted":
    case "run.paused":
    case "take_off.retried":
    case "take_off.resolved":
      return "warning";
    case "policy.evaluated":
    case "post_flight.evaluated":
      return event.data.evaluation.decision === "allow" ? "info" : "warning";
    case "preflight.completed":
      return event.data.decision === "allow" ? "info" : "warning";
    default:
      return "info";
  }
}
