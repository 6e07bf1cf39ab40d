/**
 * Votes on the record: each must be bound to the request it answers, cast in time and in a role that was asked for, and a
 * request counts as granted only by enough of them. Signatures are collected here and checked once the keys are known.
 */
import type { KeyObject } from "node:crypto";
import { CabincrewError, canonicalJson } from "../../schema/index.ts";
import { requestOf } from "../approval/question.ts";
import { tally } from "../authority/index.ts";
import { verifySignature } from "../ledger/chain.ts";
import type { LedgerEvent, RecordedVote } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import type { Violation } from "./bindings.ts";

/** Between the check of a vote and its record lies a transaction, which may have to wait for another one. */
const RECORDING_MS = 60_000;

/** A vote and the entry that recorded it. */
export interface VoteAt {
  readonly seq: number;
  readonly vote: RecordedVote;
}

/** The vote an event records, if it does. */
export function voteOf(event: LedgerEvent): RecordedVote | null {
  return event.type === "approval.recorded" || event.type === "take_off.resolved" ? event.data.vote : null;
}

export function approvalViolations(run: RunRecord, event: LedgerEvent): readonly Violation[] {
  if (event.type === "approval.granted") return grantViolations(run, event.data.approval_id);
  const vote = voteOf(event);
  if (!vote) return [];
  const wrong = [...bindingProblems(run, vote), ...personProblems(vote)];
  const { approval } = run;
  if (event.type === "approval.recorded" && approval) {
    if (Date.parse(event.at) >= Date.parse(approval.expires_at) + RECORDING_MS)
      wrong.push(`was recorded at ${event.at}, but the request had ended at ${approval.expires_at}`);
    if (!approval.gates.some((gate) => gate.role === vote.role))
      wrong.push(`is cast as ${vote.role}, a role the request does not ask for`);
    if (vote.decision !== "approve" && vote.decision !== "reject") wrong.push(`says ${vote.decision}`);
  }
  return wrong.map((problem) => ({ code: "approval_invalid", message: `the vote of ${vote.approver.id} ${problem}` }));
}

function grantViolations(run: RunRecord, approvalId: string): readonly Violation[] {
  const { approval } = run;
  const problem = (message: string): Violation[] => [{ code: "approval_invalid", message }];
  if (!approval || approval.approval_id !== approvalId)
    return problem(`it grants request ${approvalId}, which is not the run's`);
  const counted = tally(approval.gates, approval.votes, run.requester, {
    separationOfDuties: approval.separation_of_duties,
  });
  return counted.satisfied ? [] : problem("it grants a request that not enough people had approved");
}

function bindingProblems(run: RunRecord, vote: RecordedVote): string[] {
  const { approval_id, expires_at, nonce } = requestOf(run, vote.decision);
  const { run_id, token } = run;
  const bound = { approval_id, run_id, step_id: run.spec.step_id, plan_token: token ?? "", expires_at, nonce };
  return Object.entries(bound)
    .filter(([field, expected]) => vote.payload[field] !== expected)
    .map(([field, expected]) => `names ${field} ${String(vote.payload[field])}, the request ${expected}`);
}

/** What is shown of a vote must be what was signed. */
function personProblems(vote: RecordedVote): string[] {
  const said = {
    approval_id: vote.approval_id,
    decision: vote.decision,
    approver: vote.approver.id,
    role: vote.role,
    comment: vote.comment ?? undefined,
  };
  const problems = Object.entries(said)
    .filter(([field, shown]) => vote.payload[field] !== shown)
    .map(([field, shown]) => `is shown with ${field} ${String(shown)}, but says ${String(vote.payload[field])}`);
  if (vote.approver.proven !== (vote.signature !== null)) problems.push("claims to be proven without being signed");
  if ((vote.signature === null) !== (vote.key_id === null)) problems.push("has a signature or a key, but not both");
  return problems;
}

/** Checks a vote's own signature; undefined when it holds. */
export function signatureProblem(vote: RecordedVote, key: KeyObject): string | undefined {
  try {
    if (vote.signature !== null && verifySignature(canonicalJson(vote.payload), vote.signature, key)) return undefined;
  } catch (error) {
    if (!(error instanceof CabincrewError)) throw error;
  }
  return `The vote of ${vote.approver.id} is not signed by key ${vote.key_id}.`;
}
