/**
 * The tamper evidence of the ledger (spec/ledger.md). An entry's text is RFC 8785 JSON that names the hash of the entry
 * before it; the text is signed with Ed25519; the entry's hash covers text and signature. So the newest signature vouches
 * for every text and every signature before it, and a checker needs only the entries and the public key.
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "../../schema/index.ts";
import type { LedgerEntry } from "./event.ts";

export const GENESIS_PREV = "0".repeat(64);

export interface SealedEntry {
  /** Canonical text, UTF-8. */
  readonly body: string;
  /** Ed25519 over the text's bytes, base64. */
  readonly signature: string;
  /** SHA-256 over text, line feed, signature; lower-case hex. */
  readonly hash: string;
}

export function entryHash(body: string, signature: string): string {
  return createHash("sha256").update(`${body}\n${signature}`).digest("hex");
}

/** Gives an entry its text, signature and hash. */
export function sealEntry(entry: LedgerEntry, key: KeyObject): SealedEntry {
  const body = canonicalJson(entry);
  const signature = sign(null, Buffer.from(body), key).toString("base64");
  return { body, signature, hash: entryHash(body, signature) };
}

/** False also for what is no text: a damaged page of the database gives back anything, whatever its column is declared as. */
export function verifySignature(body: unknown, signature: unknown, key: KeyObject): boolean {
  if (typeof body !== "string" || typeof signature !== "string") return false;
  const bytes = Buffer.from(signature, "base64");
  return bytes.length === 64 && bytes.toString("base64") === signature && verify(null, Buffer.from(body), key, bytes);
}

const keyIds = new WeakMap<KeyObject, string>();

/** First 16 hex digits of the SHA-256 of the raw 32-byte public key. */
export function keyIdOf(key: KeyObject): string {
  const known = keyIds.get(key) ?? newKeyId(key);
  keyIds.set(key, known);
  return known;
}

function newKeyId(key: KeyObject): string {
  const spki = (key.type === "private" ? createPublicKey(key) : key).export({
    type: "spki",
    format: "der",
  });
  return keyIdOfSpki(spki);
}

/** The same of a public key in its SPKI form (RFC 8410), which ends with the 32 bytes. */
export function keyIdOfSpki(spki: Buffer): string {
  return createHash("sha256").update(spki.subarray(-32)).digest("hex").slice(0, 16);
}
