import type { JsonObject } from "../../schema/index.ts";
import type { LedgerEntry } from "../ledger/event.ts";
import type { StoredEntry } from "../store/port.ts";

/** Width at which ledger positions sort as text, as the CloudEvents sequence extension wants it. */
const SEQUENCE_DIGITS = 16;

/**
 * An entry as a CloudEvents 1.0 event. `data` is the entry; its canonical form is the text that `entrysignature` signs and
 * `entryhash` covers. `source` names the ledger by its key, so `source` and `id` are unique together.
 */
export function cloudEvent(stored: StoredEntry, keyId: string): JsonObject {
  const entry = JSON.parse(stored.body) as LedgerEntry;
  return {
    specversion: "1.0",
    id: entry.event_id,
    source: `urn:cabincrew:ledger:${keyId}`,
    type: `dev.cabincrew.${entry.type}`,
    time: entry.at,
    ...(entry.type === "ledger.created"
      ? {}
      : { subject: entry.type === "run.imported" ? entry.data.run_id : entry.run_id }),
    datacontenttype: "application/json",
    sequence: String(stored.seq).padStart(SEQUENCE_DIGITS, "0"),
    entryhash: stored.hash,
    entrysignature: stored.signature,
    data: entry as unknown as JsonObject,
  };
}
