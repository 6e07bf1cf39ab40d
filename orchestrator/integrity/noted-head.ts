/**
 * A head that somebody noted outside of the ledger: the anchor that shows a ledger rolled back or cut off as a whole (spec/ledger.md,
 * clause 23). It is a bare hash, or a file that holds one with more about it.
 */
import { readFile, stat } from "node:fs/promises";
import { CabincrewError, isJsonObject, isSha256, type Json, whyOf } from "../../schema/index.ts";
import { entryHash, verifySignature } from "../ledger/chain.ts";
import type { SigningKey } from "../ledger/signing-key.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import type { LedgerScan } from "../store/sqlite/scan.ts";
import type { Findings } from "./findings.ts";

/** What was noted: at least the hash of an entry; whatever else there is has to fit as well. */
export interface NotedHead {
  readonly hash: string;
  readonly seq?: number;
  readonly signature?: string;
  readonly key_id?: string;
  /** The entry's text, as `audit --head` prints it: with it the head proves by itself which key signed it. */
  readonly body?: string;
}

const MOST_BYTES = 64 << 20;

/**
 * A hash, or a file with the output of `verify --json`, of `audit --head`, of `export`, or with a hash alone. Throws usage when it
 * is neither.
 */
export async function readNotedHead(named: string): Promise<NotedHead> {
  if (isSha256(named.toLowerCase())) return { hash: named.toLowerCase() };
  let text: string;
  try {
    const { size } = await stat(named);
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes`);
    text = (await readFile(named, "utf8")).trim();
  } catch (error) {
    throw noHead(`The expected head ${JSON.stringify(named)} is no hash and no file that can be read: ${whyOf(error)}`);
  }
  if (isSha256(text.toLowerCase())) return { hash: text.toLowerCase() };
  const head = headIn(text);
  if (!head) throw noHead(`The file ${named} names no head of a ledger.`);
  return head;
}

function headIn(text: string): NotedHead | undefined {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(document)) return undefined;
  const inner = document["head"];
  const { hash, seq, signature, key_id, body } = inner !== undefined && isJsonObject(inner) ? inner : document;
  if (typeof hash !== "string" || !isSha256(hash)) return undefined;
  if (!isOptional("number")(seq) || ![signature, key_id, body].every(isOptional("string"))) return undefined;
  const named = Object.entries({ hash, seq, signature, key_id, body }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as unknown as NotedHead;
}

function isOptional(type: "number" | "string"): (value: Json | undefined) => boolean {
  return (value) => value === undefined || typeof value === type;
}

/** Finds out whether the ledger still holds what was noted; it may have grown since. */
export function checkNotedHead(scan: LedgerScan, noted: NotedHead, key: SigningKey, findings: Findings): void {
  const { hash, seq, signature, key_id, body } = noted;
  const wrong = (message: string) => findings.add("ledger_corrupt", `entry ${seq ?? scan.lastSeq()}`, message);
  if (key_id !== undefined && key_id !== key.keyId)
    wrong(`The noted head is of a ledger that key ${key_id} signs, this one is signed by ${key.keyId}.`);
  if (body !== undefined && !(entryHash(body, signature ?? "") === hash && signedBy(key, body, signature)))
    wrong(
      "The noted head is not what the ledger's key signed: the note itself was changed, or it is of another ledger.",
    );
  if (seq === undefined) {
    if (!scan.hasHash(hash)) wrong(`No entry has the hash ${hash}: the ledger was rolled back, or it is another one.`);
    return;
  }
  const row = scan.entryAt(seq);
  if (row?.[0] !== seq) wrong(`The ledger ends before entry ${seq}, which was noted: it was rolled back.`);
  else if (!isNoted(row, noted))
    wrong(`Entry ${seq} is not the one that was noted, ${hash}: the ledger is another one.`);
}

function isNoted([, , body, signature, hash]: EntryRow, noted: NotedHead): boolean {
  return hash === noted.hash && signature === (noted.signature ?? signature) && body === (noted.body ?? body);
}

function signedBy(key: SigningKey, body: string, signature: string | undefined): boolean {
  return signature !== undefined && verifySignature(body, signature, key.publicKey);
}

function noHead(message: string): CabincrewError {
  return new CabincrewError("usage", message, {
    next: "Name a head's hash, or a file with the output of `cabincrew verify --json` or `cabincrew audit --head`.",
  });
}
