/** A row of `entries`, as its columns or out of one text that holds them all: one value is read in three quarters of the time of five. */

/**
 * seq, run_id, body, signature, hash, and where it is at hand the text that is hashed. Tuples, because a ledger has millions of
 * them.
 */
export type EntryRow = readonly [
  seq: number,
  runId: string | null,
  body: string,
  signature: string,
  hash: string,
  hashed?: string,
];

/** Characters of a hash, of a run's id and of a signature. */
const HASH = 64;
const RUN_ID = 26;
const SIGNATURE = 88;

const LINE_FEED = 0x0a;

const isAscii = (column: string, length: number) =>
  `length(${column}) = ${length} and octet_length(${column}) = ${length}`;

/**
 * SQL for the text of a row, or for its seq where the text would not tell where a column ends: all but the body must have the usual
 * length, and no characters that JavaScript counts in another way. Null where the body is.
 */
export const ROW_TEXT = `iif(
  ${isAscii("hash", HASH)} and ${isAscii("run_id", RUN_ID)} and ${isAscii("signature", SIGNATURE)},
  hash || run_id || body || char(10) || signature || char(10) || seq, seq)`;

/** The row with such a text. */
export function rowOf(text: string): EntryRow {
  const body = HASH + RUN_ID;
  let seq = 0;
  let end = text.length - 1;
  for (let unit = 1; text.charCodeAt(end) !== LINE_FEED; unit *= 10, end -= 1)
    seq += unit * (text.charCodeAt(end) - 0x30);
  const signature = end - SIGNATURE;
  return [
    seq,
    text.slice(HASH, body),
    text.slice(body, signature - 1),
    text.slice(signature, end),
    text.slice(0, HASH),
    text.slice(body, end),
  ];
}
