/** Who may approve what, once the file was accepted (DESIGN section 3, spec/authority.md). */
import type { KeyObject } from "node:crypto";
import type { GateNeed } from "../ledger/event.ts";

/** The role that approves where nothing else is said; without an authority file the only one there is. */
export const OPERATOR_ROLE = "operator";

/** `count` distinct people who hold `role` must approve. */
export type Gate = GateNeed;

/** A public key of a person: its text `ed25519:<base64>`, the id signatures name it by, and the key itself. */
export interface ApproverPublicKey {
  readonly text: string;
  /** First 16 hex digits of the SHA-256 of the 32 raw bytes. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
}

export interface Person {
  readonly id: string;
  readonly roles: readonly string[];
  readonly keys: readonly ApproverPublicKey[];
}

export interface Authority {
  readonly people: readonly Person[];
  /** How many people of a role are needed; a role that is not a key needs one. */
  readonly counts: ReadonlyMap<string, number>;
  readonly defaultRole: string;
  /** Requester and approver must differ, and one person fills one gate of a request only. */
  readonly separationOfDuties: boolean;
  readonly approvalTtlSeconds?: number;
  /** SHA-256 over the canonical form, in which the order of people, roles and keys does not count. */
  readonly digest: string;
}

/**
 * Whether two names mean one person. Letter case and Unicode form do not make two people: a requester `Ada` must not
 * become somebody else by approving as `ada`.
 */
export function samePerson(a: string, b: string): boolean {
  return foldName(a) === foldName(b);
}

/** The form of a name under which people are compared and counted. */
export function foldName(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/** Everybody who holds the role. */
export function holdersOf(authority: Authority, role: string): readonly Person[] {
  return authority.people.filter((person) => person.roles.includes(role));
}

/** Whose key this is, by its id; undefined where it is nobody's. */
export function personOfKey(authority: Authority, key: { readonly keyId: string }): Person | undefined {
  return authority.people.find((person) => person.keys.some((each) => each.keyId === key.keyId));
}
