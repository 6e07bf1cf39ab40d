/**
 * Reads what an entry's stored text says. Comparing all of it with its canonical form would cost as much again as parsing it,
 * so only the members behind `data` are compared: `at` and `data` sort first, the flat ones that end the object are written
 * again from what was parsed. A text that differs there is compared in full.
 */
import type { LedgerEvent } from "../ledger/event.ts";
import { isCanonical } from "./canonical.ts";

export interface EntryPlace {
  readonly seq: number;
  readonly prev: string;
  /** Null for the entry that begins the ledger and for imports. */
  readonly runId: string | null;
}

/** An entry that was understood: where it stands, and what it is. */
export interface ReadEntry extends EntryPlace {
  readonly event?: LedgerEvent;
  /** Begins no ledger and is no event: a run of another ledger, which is looked into with all of them. */
  readonly imported?: true;
}

/** The entry that a text holds, or a sentence about what is wrong with the text. */
export function readEntry(body: unknown): ReadEntry | string {
  if (typeof body !== "string") return "it has no text";
  let entry: unknown;
  try {
    entry = JSON.parse(body);
  } catch {
    return "its text is not JSON";
  }
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return "its text is not a JSON object";
  const event = entry as LedgerEvent;
  if (!endsCanonically(body, event) && !isCanonical(body, event)) return "its text is not in canonical form";
  const { seq, prev, run_id: runId } = event;
  const { type, format } = event as { readonly type: string; readonly format: string };
  if (!Number.isSafeInteger(seq)) return "its text names no place in the ledger";
  if (typeof prev !== "string") return "its text does not name the entry before it";
  if (type === "ledger.created" && format === "cabincrew.ledger/1") return { seq, prev, runId: null };
  if (type === "run.imported" && format === "cabincrew.import/1") return { seq, prev, runId: null, imported: true };
  if (format !== "cabincrew.event/1" || typeof runId !== "string") return "its text is no event of a run";
  return { seq, prev, runId, event };
}

/** Whether the text begins and ends as canonical text of this event does. Members with escapes are left to the full comparison. */
function endsCanonically(body: string, event: LedgerEvent): boolean {
  const { event_id, prev, run_id, run_seq, seq, state, step_id, type } = event;
  return (
    // Anything may stand in a text that was tampered with: also an object that cannot be written into another text.
    typeof event_id === "string" &&
    typeof prev === "string" &&
    typeof run_id === "string" &&
    typeof state === "string" &&
    typeof step_id === "string" &&
    typeof type === "string" &&
    Number.isFinite(run_seq) &&
    Number.isFinite(seq) &&
    body.startsWith('{"at":"') &&
    body.endsWith(
      `,"event_id":"${event_id}","format":"cabincrew.event/1","prev":"${prev}","run_id":"${run_id}","run_seq":${run_seq},"seq":${seq},"state":"${state}","step_id":"${step_id}","type":"${type}"}`,
    )
  );
}
