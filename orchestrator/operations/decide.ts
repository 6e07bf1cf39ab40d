/** approve and reject (DESIGN sections 3 and 8): one person's recorded decision on one run's current request. */
import { CabincrewError, EXIT } from "../../schema/index.ts";
import type { DecideReport, DecideRequest } from "../api.ts";
import { authorityFor } from "../approval/authority.ts";
import { castVote } from "../approval/cast.ts";
import { clockRemark, presentFor } from "../approval/present.ts";
import { assertVote, tallyOf } from "../approval/votes.ts";
import { type Crew, timestamp } from "../crew.ts";
import { removeDirectories, runDirectories } from "../drive/directories.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { expired } from "./drive-run.ts";
import { nameOf } from "./report.ts";
import { findRuns, onlyOne } from "./resolve-ref.ts";

/**
 * Records the decision. Rejects with approval_invalid (wrong role, key, person, second vote, nothing pending), approval_expired
 * (which also ends the run), ambiguous or not_found; then nothing was recorded.
 */
export async function decideApproval(crew: Crew, request: DecideRequest): Promise<DecideReport> {
  const run = await pendingRun(crew, request);
  const { approval } = run;
  if (!approval || !run.token)
    throw new CabincrewError("internal", `Run ${run.run_id} waits for approval without a request.`);
  const late = await expired(crew, run);
  if (late.length > 0) {
    await append(crew, run, late);
    throw new CabincrewError(
      "approval_expired",
      `The request ${approval.approval_id} was open until ${approval.expires_at}.${clockRemark(crew.now(), await presentFor(crew, run))}`,
    );
  }
  const authority = await authorityFor(crew, run, request.decision);
  const vote = castVote(crew, authority, run, request);
  assertVote(authority, run, approval, vote, new Date(await presentFor(crew, run)).toISOString());
  const events: EventDraft[] = [draft("approval.recorded", { vote })];
  const tally = tallyOf(run, approval, [...approval.votes, vote]);
  if (request.decision === "reject") {
    const message = `${nameOf(vote.approver)} rejected the plan${vote.comment ? `: ${vote.comment}` : ""}.`;
    const next = "Read the comment, change the plan, run again.";
    events.push(draft("run.failed", { reason: "approval_rejected", message, next, detail: {} }));
  } else if (tally.satisfied) {
    events.push(draft("approval.granted", { approval_id: approval.approval_id }));
  }
  const after = await append(crew, run, events);
  return {
    run_id: run.run_id,
    approval_id: approval.approval_id,
    decision: request.decision,
    approver: vote.approver,
    state: after.state,
    missing: request.decision === "reject" ? [] : tally.missing,
    plan_token: run.token,
    exit_code: EXIT.ok,
  };
}

async function append(crew: Crew, run: RunRecord, events: readonly EventDraft[]): Promise<RunRecord> {
  const after = await crew.store.append({
    runId: run.run_id,
    expectedVersion: run.version,
    events,
    at: timestamp(crew),
  });
  if (after.state === "FAILED") removeDirectories(runDirectories(crew.stateDir, run.run_id));
  return after;
}

/** The run whose request is meant: of several that share a token, the pending one; else the person must say which. */
async function pendingRun(crew: Crew, request: DecideRequest): Promise<RunRecord> {
  const named = request.run?.toUpperCase();
  const chosen = (runs: readonly RunRecord[]) => (named ? runs.filter((run) => run.run_id.startsWith(named)) : runs);
  const waiting = chosen(await findRuns(crew, request.ref, { awaitingApproval: true }));
  if (waiting.length > 0)
    return onlyOne(waiting, request.ref, `: cabincrew ${request.decision} ${request.ref} --run <run>`);
  const candidates = chosen(await findRuns(crew, request.run ?? request.ref));
  const byId = candidates.find((run) => run.state === "AWAITING_APPROVAL" && isOf(run, request.ref));
  if (byId) return byId;
  if (candidates.length === 0 || (named && !candidates.some((run) => isOf(run, request.ref))))
    throw new CabincrewError("approval_invalid", `Run ${request.run} has no plan ${request.ref}.`);
  const run = onlyOne(candidates, request.ref, "");
  if (run.state === "PAUSED" && run.approval?.status === "pending")
    throw new CabincrewError("state_conflict", `Run ${run.run_id} is paused; its request stays open meanwhile.`, {
      next: `Continue it, then ${request.decision} it: cabincrew resume ${run.run_id}`,
      detail: { run_id: run.run_id, state: run.state },
    });
  const why = run.approval
    ? `its request was already ${run.approval.status === "granted" ? "granted" : "closed"}`
    : "it has no approval request";
  throw new CabincrewError(
    "approval_invalid",
    `Run ${run.run_id} is ${run.state}; ${why}, so there is nothing to ${request.decision}.`,
    {
      next: `Look at it with: cabincrew show ${run.run_id}`,
      detail: { run_id: run.run_id, state: run.state },
    },
  );
}

/** Whether a reference, a token or a run id, means this run. */
function isOf(run: RunRecord, ref: string): boolean {
  return run.run_id.startsWith(ref.toUpperCase()) || (run.token?.startsWith(ref.toLowerCase()) ?? false);
}
