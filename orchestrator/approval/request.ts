import { randomBytes } from "node:crypto";
import { CabincrewError } from "../../schema/index.ts";
import { assertSatisfiable, gateFor } from "../authority/index.ts";
import type { Flight } from "../drive/flight.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";

/** The request people answer: bound to this run and this token, with a nonce and an end. Durable before it is announced. */
export function requestApproval(
  flight: Flight,
  run: RunRecord,
  roles: readonly (string | undefined)[],
  reasons: readonly string[],
): EventDraft {
  const { authority, approvalTtlSeconds } = flight.governance;
  if (!run.token) throw new CabincrewError("internal", "Without a plan-token there is nothing to approve.");
  const gates = gateFor(authority, roles);
  assertSatisfiable(authority, gates, run.requester.id);
  return draft("approval.requested", {
    approval_id: flight.crew.newId(),
    token: run.token,
    gates: gates.map(({ role, count }) => ({ role, count })),
    separation_of_duties: authority?.separationOfDuties ?? false,
    reasons,
    expires_at: new Date(flight.crew.now() + approvalTtlSeconds * 1000).toISOString(),
    nonce: randomBytes(16).toString("hex"),
  });
}
