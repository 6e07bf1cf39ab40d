/** What somebody with a key of their own can make of an exported run: other events, and everything else as if they had happened. */
import { generateKeyPairSync } from "node:crypto";
import { entryHash, GENESIS_PREV, keyIdOf, sealEntry } from "../../../orchestrator/ledger/chain.ts";
import type { LedgerEntry, LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import { protocolDocuments } from "../../../orchestrator/protocol/documents.ts";
import { stepsOf } from "../../../orchestrator/protocol/history.ts";
import type { StoredEntry } from "../../../orchestrator/store/port.ts";
import type { JsonObject } from "../../../schema/index.ts";

export function forged(document: JsonObject, change: (event: LedgerEvent) => unknown): JsonObject {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const public_key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const key_id = keyIdOf(publicKey);
  const entries: StoredEntry[] = [];
  for (const { body } of document["entries"] as unknown as readonly StoredEntry[]) {
    const before = entries.at(-1);
    const place = {
      seq: (before?.seq ?? 0) + 1,
      prev: before ? entryHash(before.body, before.signature) : GENESIS_PREV,
    };
    const entry = JSON.parse(body) as LedgerEntry;
    const changed = entry.type === "ledger.created" ? { ...entry, key_id, public_key } : change(entry as LedgerEvent);
    entries.push({
      seq: place.seq,
      ...sealEntry({ ...(changed as LedgerEntry), ...place } as LedgerEntry, privateKey),
    });
  }
  const last = entries.at(-1);
  const head = { seq: last?.seq ?? 0, hash: last?.hash ?? "" };
  const forgery = { ...document, entries: entries as unknown as JsonObject[], head, key_id, public_key };
  try {
    const steps = stepsOf(entries.slice(1));
    const run = steps.at(-1)?.after;
    const lists = { planned: document["artifacts"], outputs: document["outputs"] } as never as {
      planned: [];
      outputs: [];
    };
    return run ? { ...forgery, protocol: protocolDocuments({ run, steps, keyId: key_id, ...lists }) } : forgery;
  } catch {
    return forgery; // No protocol has a word for it.
  }
}
