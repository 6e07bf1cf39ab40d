/** Verifies a vote, when it is recorded and again at take-off; whatever is not exactly right is refused with the field. */
import { verify } from "node:crypto";
import { CabincrewError, isJsonObject, type JsonObject } from "../../schema/index.ts";
import type { RecordedVote } from "../ledger/event.ts";
import { type ApproverPublicKey, type Authority, OPERATOR_ROLE } from "./authority.ts";
import { VOTE_DECISIONS, VOTE_FORMAT, type VoteDecision, type VotePayload, votedBytes } from "./vote.ts";

/** What the vote must answer. */
export interface VoteRequest {
  readonly approval_id: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly plan_token: string;
  readonly expires_at: string;
  readonly nonce: string;
  /** Decisions that answer this request; absent: every known one. */
  readonly decisions?: readonly VoteDecision[];
}

/** A vote from anywhere: a file, the ledger, another program. */
export interface UntrustedVote {
  readonly payload: unknown;
  readonly signature: string | null;
  readonly key_id: string | null;
}

const BOUND = ["approval_id", "run_id", "step_id", "plan_token", "expires_at", "nonce"] as const;
const TEXTS = [...BOUND, "format", "decision", "approver", "role"] as const;
const KNOWN: readonly string[] = [...TEXTS, "comment"];

/**
 * Accepts a vote for `request` at the time `at` (RFC 3339) and returns it as it is recorded; `approver.proven` is true
 * only behind a valid signature. Throws approval_invalid with `detail.field`, or approval_expired.
 */
export function verifyVote(
  vote: UntrustedVote,
  authority: Authority | undefined,
  request: VoteRequest,
  at: string,
): RecordedVote {
  const payload = parsePayload(vote.payload);
  if (payload.format !== VOTE_FORMAT) throw invalid("format", `is ${payload.format}, which is not known here`);
  for (const field of BOUND) {
    if (payload[field] !== request[field]) {
      throw invalid(field, `is ${payload[field]}, but the request has ${request[field]}`);
    }
  }
  const accepted: readonly string[] = request.decisions ?? VOTE_DECISIONS;
  if (!accepted.includes(payload.decision))
    throw invalid("decision", `is ${payload.decision}, which is no answer here`);
  if (authority) assertProven(vote, payload, authority);
  else assertUnproven(vote, payload);
  assertInTime(payload.expires_at, at);
  return {
    approval_id: payload.approval_id,
    decision: payload.decision,
    approver: { id: payload.approver, proven: authority !== undefined },
    role: payload.role,
    comment: payload.comment ?? null,
    payload,
    signature: vote.signature,
    key_id: vote.key_id,
  };
}

function assertProven(vote: UntrustedVote, payload: VotePayload, authority: Authority): void {
  const person = authority.people.find(({ id }) => id === payload.approver);
  if (!person) throw invalid("approver", `is ${payload.approver}, who is not in the authority file`);
  if (!person.roles.includes(payload.role)) {
    throw invalid("role", `is ${payload.role}, which ${person.id} does not hold`);
  }
  if (vote.signature === null || vote.key_id === null) {
    throw invalid("signature", "is missing, and the authority file in force demands one");
  }
  const key = person.keys.find(({ keyId }) => keyId === vote.key_id);
  if (!key) throw invalid("key_id", `is ${vote.key_id}, which is no key of ${person.id}`);
  if (!signatureHolds(payload, vote.signature, key)) {
    throw invalid("signature", `does not fit the vote and the key ${key.keyId} of ${person.id}`);
  }
}

function signatureHolds(payload: VotePayload, signature: string, key: ApproverPublicKey): boolean {
  const bytes = Buffer.from(signature, "base64");
  // The spare bits of base64 would let one signature be written in several ways.
  return (
    bytes.length === 64 &&
    bytes.toString("base64") === signature &&
    verify(null, votedBytes(payload), key.publicKey, bytes)
  );
}

function assertUnproven(vote: UntrustedVote, payload: VotePayload): void {
  if (payload.role !== OPERATOR_ROLE) {
    throw invalid("role", `is ${payload.role}, but without an authority file there is only \`${OPERATOR_ROLE}\``);
  }
  if (vote.signature !== null || vote.key_id !== null) {
    throw invalid("signature", "is given, but no authority file is in force that says whose key it is");
  }
}

function assertInTime(expiresAt: string, at: string): void {
  const [end, now] = [Date.parse(expiresAt), Date.parse(at)];
  if (Number.isNaN(end)) throw invalid("expires_at", `is ${expiresAt}, which is no time`);
  if (Number.isNaN(now)) throw new CabincrewError("internal", `Verifying an approval: ${at} is no time`);
  if (end <= now) {
    throw new CabincrewError("approval_expired", `The approval was valid until ${expiresAt}, and it is ${at}`, {
      detail: { field: "expires_at" },
    });
  }
}

function parsePayload(value: unknown): VotePayload {
  if (!isJsonObject(value)) throw invalid("payload", "is not a JSON object");
  const payload: JsonObject = value;
  const unknown = Object.keys(payload).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw invalid(unknown, "is not known in a vote");
  for (const field of TEXTS) {
    if (typeof payload[field] !== "string" || payload[field] === "") throw invalid(field, "must be a text");
  }
  const { comment } = payload;
  if (Object.hasOwn(payload, "comment") && typeof comment !== "string") throw invalid("comment", "must be a text");
  return payload as unknown as VotePayload;
}

function invalid(field: string, problem: string): CabincrewError {
  return new CabincrewError("approval_invalid", `The approval is not valid: its \`${field}\` ${problem}`, {
    detail: { field },
  });
}
