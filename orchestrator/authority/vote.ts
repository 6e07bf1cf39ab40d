/** A person's decision as it is signed: bound to one request, run, step and plan-token, with an end (spec/authority.md). */
import { sign } from "node:crypto";
import { canonicalJson } from "../../schema/index.ts";
import type { ApproverKey } from "./key-files.ts";

export const VOTE_FORMAT = "cabincrew.approval/1";
export const VOTE_DECISIONS = ["approve", "reject", "resolve-applied", "resolve-not-applied"] as const;
export type VoteDecision = (typeof VOTE_DECISIONS)[number];

/** What the signature covers. Times are RFC 3339 UTC. */
export type VotePayload = {
  readonly format: typeof VOTE_FORMAT;
  readonly approval_id: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly plan_token: string;
  readonly decision: VoteDecision;
  readonly approver: string;
  readonly role: string;
  readonly expires_at: string;
  readonly nonce: string;
  readonly comment?: string;
};

/** A vote as it is handed over; `signature` (base64) and `key_id` are null where no authority file is in force. */
export interface SignedVote {
  readonly payload: VotePayload;
  readonly signature: string | null;
  readonly key_id: string | null;
}

/** Signs the RFC 8785 form of the payload with an approver's key, as `readPrivateKey` gives it. */
export function signVote(payload: VotePayload, key: ApproverKey): SignedVote & { signature: string; key_id: string } {
  const signature = sign(null, votedBytes(payload), key.privateKey).toString("base64");
  return { payload, signature, key_id: key.keyId };
}

/** The vote of the operating-system user where no authority file is in force; it proves nothing and says so. */
export function unsignedVote(payload: VotePayload): SignedVote {
  return { payload, signature: null, key_id: null };
}

/** The bytes a signature covers. */
export function votedBytes(payload: unknown): Buffer {
  return Buffer.from(canonicalJson(payload));
}
