/** Counts votes: k of n distinct people per role. Who may vote is asked before a vote is recorded, never after. */
import { CabincrewError } from "../../schema/index.ts";
import type { Principal } from "../api.ts";
import type { RecordedVote } from "../ledger/event.ts";
import { foldName, type Gate, samePerson } from "./authority.ts";

/** The part of a verified vote that counting needs. */
export type CountedVote = Pick<RecordedVote, "decision" | "approver" | "role">;

export interface Duties {
  readonly separationOfDuties: boolean;
}

export interface Tally<Vote extends CountedVote = CountedVote> {
  readonly satisfied: boolean;
  /** Gates that still lack people; empty when satisfied. */
  readonly missing: readonly { readonly role: string; readonly needed: number; readonly have: number }[];
  /** The first rejection; one is enough, whatever else was voted. */
  readonly rejected?: Vote;
}

/**
 * Counts verified votes, in the order they were recorded. One person counts once for a role; with separation of duties
 * the requester does not count, and a person counts for the gate they approved first and for no other.
 */
export function tally<Vote extends CountedVote>(
  gates: readonly Gate[],
  votes: readonly Vote[],
  requester: Principal,
  { separationOfDuties }: Duties,
): Tally<Vote> {
  assertGates(gates);
  const approvers = new Map(gates.map((gate) => [gate.role, new Set<string>()]));
  for (const { decision, approver, role } of votes) {
    const inRole = approvers.get(role);
    if (decision !== "approve" || !inRole) continue;
    const person = foldName(approver.id);
    if (separationOfDuties && samePerson(approver.id, requester.id)) continue;
    if (separationOfDuties && [...approvers.values()].some((people) => people.has(person))) continue;
    inRole.add(person);
  }
  const missing = gates
    .map(({ role, count }) => ({ role, needed: count, have: approvers.get(role)?.size ?? 0 }))
    .filter(({ needed, have }) => have < needed);
  const rejected = votes.find((vote) => vote.decision === "reject");
  return { satisfied: missing.length === 0 && !rejected, missing, ...(rejected ? { rejected } : {}) };
}

/**
 * Refuses a verified vote that may not be recorded beside `votes`. Throws approval_invalid: a role that no gate asks
 * for, a request already rejected, the requester's own approval, the same person twice or for two gates; state_conflict
 * for an approval in a role that has enough. A rejection, the safe answer, is open to anybody with a gate's role.
 */
export function assertMayVote(
  gates: readonly Gate[],
  votes: readonly CountedVote[],
  vote: CountedVote,
  requester: Principal,
  { separationOfDuties }: Duties,
): void {
  assertGates(gates);
  const who = vote.approver.id;
  const refuse = (problem: string): CabincrewError =>
    new CabincrewError("approval_invalid", problem, { detail: { approver: who, role: vote.role } });
  const before = tally(gates, votes, requester, { separationOfDuties });
  if (!gates.some((gate) => gate.role === vote.role)) {
    const asked = gates.map((gate) => `\`${gate.role}\``).join(", ");
    throw refuse(`${who} votes in the role \`${vote.role}\`, but the request asks for ${asked}`);
  }
  if (before.rejected) throw refuse(`${before.rejected.approver.id} has rejected the plan already; ${who} cannot vote`);
  if (vote.decision === "reject") return;
  if (vote.decision !== "approve") throw refuse(`${who} answers ${vote.decision}, which no gate asks for`);
  if (separationOfDuties && samePerson(who, requester.id)) {
    throw refuse(`${who} asked for the run and, with separation of duties, cannot approve it as well`);
  }
  const earlier = votes.filter(({ decision, approver }) => decision === "approve" && samePerson(approver.id, who));
  if (earlier.some(({ role }) => role === vote.role)) throw refuse(`${who} cannot approve twice as \`${vote.role}\``);
  const other = earlier[0];
  if (separationOfDuties && other) {
    throw refuse(`${who} approved as \`${other.role}\` and, with separation of duties, fills no second gate`);
  }
  if (!before.missing.some((gate) => gate.role === vote.role)) {
    throw new CabincrewError("state_conflict", `Enough people have approved as \`${vote.role}\` already`, {
      detail: { approver: who, role: vote.role },
    });
  }
}

/** A request without a gate would be granted by nobody at all. */
function assertGates(gates: readonly Gate[]): void {
  if (gates.length > 0 && gates.every((gate) => Number.isSafeInteger(gate.count) && gate.count >= 1)) return;
  throw new CabincrewError("internal", "An approval request has no gate that somebody must pass");
}
