/** The door of authority: people, roles and keys; gates; signed votes and their count (spec/authority.md). */
export {
  type ApproverPublicKey,
  type Authority,
  type Gate,
  OPERATOR_ROLE,
  type Person,
  personOfKey,
  samePerson,
} from "./authority.ts";
export { assertSatisfiable, gateFor } from "./gates.ts";
export {
  type ApproverKey,
  type GeneratedKey,
  generateApproverKey,
  type ListedKey,
  listKeys,
  readPrivateKey,
  writeKey,
} from "./key-files.ts";
export { loadAuthority } from "./load.ts";
export { publicText } from "./public-key.ts";
export { readDocument } from "./read-document.ts";
export { assertMayVote, type CountedVote, type Duties, type Tally, tally } from "./tally.ts";
export { type UntrustedVote, type VoteRequest, verifyVote } from "./verify-vote.ts";
export {
  type SignedVote,
  signVote,
  unsignedVote,
  VOTE_DECISIONS,
  VOTE_FORMAT,
  type VoteDecision,
  type VotePayload,
} from "./vote.ts";
