/** Every protocol document of one run. Pure: the same entries and artifacts give the same documents, anywhere. */
import type { JsonObject } from "../../schema/index.ts";
import { approvalRequests, approvalResponses } from "./approvals.ts";
import { auditEvent } from "./audit-event.ts";
import { engineInput, engineOutputs } from "./engine.ts";
import { find, type RunHistory } from "./history.ts";
import { planTokenDocument } from "./plan-token.ts";
import { preflightInputDocument, preflightOutputDocument } from "./preflight.ts";
import { workflowStateRecord } from "./state-record.ts";
import { walEntries } from "./wal.ts";

/** A type, not an interface, so that it is JSON for the compiler too. Null stands for what the run has not got to. */
export type ProtocolDocuments = {
  readonly audit_events: JsonObject[];
  readonly plan_token: JsonObject | null;
  readonly approval_requests: JsonObject[];
  readonly approval_responses: JsonObject[];
  readonly workflow_state_record: JsonObject;
  readonly wal: JsonObject[];
  readonly engine_inputs: JsonObject[];
  readonly engine_outputs: JsonObject[];
  readonly preflight_input: JsonObject | null;
  readonly preflight_output: JsonObject | null;
};

export function protocolDocuments(history: RunHistory): ProtocolDocuments {
  const { run, planned, steps, keyId } = history;
  const created = find(history, "token.created");
  const plan_token = created ? planTokenDocument(run, planned, created.at) : null;
  return {
    audit_events: steps.map(({ stored, event, before, after }) => {
      const document = auditEvent(stored, event, before, after, keyId);
      return event.type === "token.created" && plan_token ? { ...document, plan_token } : document;
    }),
    plan_token,
    approval_requests: approvalRequests(history),
    approval_responses: approvalResponses(history),
    workflow_state_record: workflowStateRecord(history),
    wal: walEntries(history),
    engine_inputs: [
      ...(run.flight_plan_attempts > 0 ? [engineInput(run, "flight-plan")] : []),
      ...(run.take_off_attempts > 0 ? [engineInput(run, "take-off")] : []),
    ],
    engine_outputs: engineOutputs(history),
    preflight_input: preflightInputDocument(history, plan_token),
    preflight_output: preflightOutputDocument(run),
  };
}
