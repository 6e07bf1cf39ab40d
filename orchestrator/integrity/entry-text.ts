/**
 * Reads an entry's place out of its stored text without parsing all of it. Sound for canonical text: its keys are sorted,
 * so `at` and `data` come first and the flat members matched here end the object; and the match is anchored at the end,
 * where a quote inside of `data` could only stand behind a backslash. Text that does not match is parsed and judged in full.
 */
import { isCanonical } from "./canonical.ts";

export interface EntryPlace {
  readonly seq: number;
  readonly prev: string;
  /** Null for the entry that begins the ledger. */
  readonly runId: string | null;
}

const TAIL =
  /^,"event_id":"[0-9A-Z]{1,64}","format":"cabincrew\.event\/1","prev":"([0-9a-f]{64})","run_id":"([^"\\]{1,200})","run_seq":[1-9][0-9]{0,15},"seq":([1-9][0-9]{0,15}),"state":"[A-Z_]{1,40}","step_id":"[^"\\]{1,200}","type":"[a-z_.]{1,60}"\}$/;

/** The place an entry's text claims, or a sentence about what is wrong with the text. */
export function placeOf(body: string): EntryPlace | string {
  const at = body.lastIndexOf(',"event_id":"');
  const match = at > 0 && body.startsWith('{"at":"') ? TAIL.exec(body.slice(at)) : null;
  if (match) return { seq: Number(match[3]), prev: match[1] ?? "", runId: match[2] ?? "" };
  return slowPlaceOf(body);
}

function slowPlaceOf(body: string): EntryPlace | string {
  let entry: unknown;
  try {
    entry = JSON.parse(body);
  } catch {
    return "its text is not JSON";
  }
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return "its text is not a JSON object";
  if (!isCanonical(body, entry)) return "its text is not in canonical form";
  const { seq, prev, type, format } = entry as Record<string, unknown>;
  const runId = (entry as Record<string, unknown>)["run_id"];
  if (typeof seq !== "number" || !Number.isSafeInteger(seq)) return "its text names no place in the ledger";
  if (typeof prev !== "string") return "its text does not name the entry before it";
  if (type === "ledger.created" && format === "cabincrew.ledger/1") return { seq, prev, runId: null };
  if (format !== "cabincrew.event/1" || typeof runId !== "string") return "its text is no event of a run";
  return { seq, prev, runId };
}
