/**
 * Reads the text of an event as cabincrew itself writes it, and of nothing else: its frame is compared, only what stands in `data` is
 * parsed. What it reads is what `JSON.parse` reads there; a text that differs from the usual in anything is left to `readEntry`.
 *
 * `{"at":"…","data":…,"event_id":"…","format":"cabincrew.event/1","prev":"…","run_id":"…","run_seq":3,"seq":14,"state":"…",…}`
 */
import type { LedgerEvent } from "../ledger/event.ts";
import type { ReadEntry } from "./entry-text.ts";

const AT = '{"at":"';
const AT_LENGTH = 24;
const DATA = '","data":';
const DATA_FROM = AT.length + AT_LENGTH + DATA.length;
const EVENT_ID = ',"event_id":"';
const EVENT_ID_LENGTH = 26;
const PREV = '","format":"cabincrew.event/1","prev":"';
const SEQ = ',"seq":';
/** From `PREV` on a text has fewer characters than this. */
const MOST_BEHIND = 320;
/** Larger numbers are not counted. */
const MOST_DIGITS = 15;

/** How the text of an event ends. */
interface Ending {
  readonly state: string;
  readonly step_id: string;
  readonly type: string;
}

/** Endings that were read already: a ledger has few. */
const endings = new Map<string, Ending>();
const MOST_ENDINGS = 1000;

/**
 * The event of run `runId` behind the entry whose hash, in hex, is `prev`; undefined where the text is not the usual one of such an
 * event.
 */
export function readUsual(body: unknown, runId: unknown, prev: string): ReadEntry | undefined {
  if (typeof body !== "string" || typeof runId !== "string") return undefined;
  const idTo = body.indexOf(PREV, body.length - MOST_BEHIND);
  const idFrom = idTo - EVENT_ID_LENGTH;
  const dataTo = idFrom - EVENT_ID.length;
  const place = `${prev}","run_id":"${runId}","run_seq":`;
  const placeFrom = idTo + PREV.length;
  const runSeqFrom = placeFrom + place.length;
  const runSeqTo = endOfNumber(body, runSeqFrom);
  const seqFrom = runSeqTo + SEQ.length;
  const seqTo = endOfNumber(body, seqFrom);
  const usual =
    dataTo > DATA_FROM &&
    body.slice(placeFrom, runSeqFrom) === place &&
    body.slice(dataTo, idFrom) === EVENT_ID &&
    stands(AT, body, 0) &&
    stands(DATA, body, DATA_FROM - DATA.length) &&
    stands(SEQ, body, runSeqTo) &&
    runSeqTo > runSeqFrom &&
    seqTo > seqFrom &&
    isPlain(body, AT.length, AT_LENGTH) &&
    isPlain(body, idFrom, EVENT_ID_LENGTH) &&
    isPlain(runId, 0, runId.length);
  const ending = usual ? endingOf(body.slice(seqTo)) : undefined;
  const data = ending ? parsed(body.slice(DATA_FROM, dataTo)) : undefined;
  if (!ending || data === undefined) return undefined;
  const seq = numberAt(body, seqFrom, seqTo);
  const event = {
    at: body.slice(AT.length, AT.length + AT_LENGTH),
    data,
    event_id: body.slice(idFrom, idTo),
    format: "cabincrew.event/1",
    prev,
    run_id: runId,
    run_seq: numberAt(body, runSeqFrom, runSeqTo),
    seq,
    state: ending.state,
    step_id: ending.step_id,
    type: ending.type,
  };
  return { seq, prev, runId, event: event as LedgerEvent };
}

/** For short texts; a piece of the body would cost more. */
function stands(text: string, body: string, from: number): boolean {
  for (let at = 0; at < text.length; at += 1) if (body.charCodeAt(from + at) !== text.charCodeAt(at)) return false;
  return true;
}

/** Whether these characters are written in JSON as they are: ASCII, no quote, no backslash, nothing that needs an escape. */
function isPlain(text: string, from: number, length: number): boolean {
  for (let at = from; at < from + length; at += 1) {
    const code = text.charCodeAt(at);
    if (!(code >= 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c)) return false;
  }
  return true;
}

/** Where the whole number that begins at `from` ends; `from` where none is, or none as JSON writes it. */
function endOfNumber(body: string, from: number): number {
  let at = from;
  while (at < from + MOST_DIGITS && isDigit(body.charCodeAt(at))) at += 1;
  return body.charCodeAt(from) === 0x30 ? from : at;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function numberAt(body: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + body.charCodeAt(at) - 0x30;
  return value;
}

/** The members of `,"state":"…","step_id":"…","type":"…"}`, where they are written without escapes. */
function endingOf(text: string): Ending | undefined {
  const known = endings.get(text);
  if (known) return known;
  const ending = parsed(`{${text.slice(1)}`) as Ending | null | undefined;
  if (typeof ending !== "object" || ending === null) return undefined;
  const { state, step_id, type } = ending;
  if (![state, step_id, type].every((member) => typeof member === "string")) return undefined;
  const usual = `,"state":"${state}","step_id":"${step_id}","type":"${type}"}`;
  if (text !== usual) return undefined;
  if (endings.size >= MOST_ENDINGS) endings.clear();
  endings.set(usual, { state, step_id, type });
  return ending;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
