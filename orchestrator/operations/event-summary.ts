import type { EventDraft } from "../ledger/event.ts";

/** One line about an event, for timelines. */
export function eventSummary(event: EventDraft): string {
  switch (event.type) {
    case "run.opened":
      return `${event.data.requester.id} asked for ${event.data.spec.command?.join(" ") ?? event.data.spec.engine.id}`;
    case "flight_plan.started":
      return `flight-plan attempt ${event.data.attempt} on workspace ${short(event.data.workspace_hash)}`;
    case "flight_plan.completed":
      return `engine planned in ${event.data.stop.duration_ms} ms (sandbox: ${event.data.stop.sandbox})`;
    case "artifacts.sealed":
      return `${counted(event.data.count, "artifact")}, ${counted(event.data.bytes, "byte")}`;
    case "token.created":
      return `plan-token ${short(event.data.token)}`;
    case "preflight.started":
      return `${counted(event.data.policies.length, "policy pack")}, ${counted(event.data.models.length, "model")}`;
    case "policy.evaluated":
      return `${event.data.evaluation.policy_id}: ${event.data.evaluation.decision} (${event.data.evaluation.reason})`;
    case "post_flight.evaluated":
      return `after take-off, ${event.data.evaluation.policy_id}: ${event.data.evaluation.decision} (${event.data.evaluation.reason})`;
    case "preflight.completed":
      return event.data.decision;
    case "approval.requested":
      return `needs ${event.data.gates.map((gate) => `${gate.count} × ${gate.role}`).join(", ")} until ${event.data.expires_at}`;
    case "approval.recorded":
      return `${event.data.vote.approver.id}: ${event.data.vote.decision}`;
    case "approval.granted":
      return `request ${event.data.approval_id} is granted`;
    case "token.verified":
      return `plan-token ${short(event.data.token)} holds`;
    case "take_off.started":
    case "take_off.retried":
      return `take-off attempt ${event.data.attempt}`;
    case "take_off.completed":
      return `engine applied in ${event.data.stop.duration_ms} ms`;
    case "take_off.interrupted":
      return event.data.by;
    case "take_off.reconciled":
    case "take_off.resolved":
      return `${event.data.outcome}: ${event.data.evidence}`;
    case "run.completed":
      return event.data.summary;
    case "run.failed":
      return `${event.data.reason}: ${event.data.message}`;
    case "run.paused":
    case "run.continued":
      return event.data.by.id;
    case "run.cancelled":
      return event.data.comment ?? event.data.by.id;
    case "run.interrupted":
      return event.data.signal;
  }
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

function counted(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}
