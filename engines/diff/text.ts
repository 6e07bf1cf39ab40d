/** What counts as text, and how bytes become lines: one rule for evidence, judging and media types. */
import { isUtf8 } from "node:buffer";

/** UTF-8 without NUL bytes. Everything else is shown and typed as binary. */
export function isText(bytes: Buffer): boolean {
  return !bytes.includes(0) && isUtf8(bytes);
}

/** Holds a NUL byte: lines mean nothing in it. */
export function isBinary(bytes: Buffer): boolean {
  return bytes.includes(0);
}

/**
 * The lines of `bytes` as latin1 strings, each with its terminator: one character is one byte, so that two different
 * byte sequences never compare as equal.
 */
export function byteLines(bytes: Buffer): string[] {
  const text = bytes.toString("latin1");
  const lines: string[] = [];
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    const next = end === -1 ? text.length : end + 1;
    lines.push(text.slice(start, next));
    start = next;
  }
  return lines;
}

/** A line of `byteLines` as people read it: no terminator, bytes that are not UTF-8 as `\xNN`. */
export function readableLine(line: string): string {
  const bytes = Buffer.from(line.replace(/\r?\n$/, ""), "latin1");
  if (isUtf8(bytes)) return bytes.toString("utf8");
  return readableBytes(bytes);
}

/** Any bytes as text: valid UTF-8 as it is, every other byte as `\xNN`. */
export function readableBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? `\\x${hex(bytes[at] ?? 0)}` : bytes.toString("utf8", at, at + length);
    at += Math.max(1, length);
  }
  return text;
}

/**
 * A unified diff as text in which no two diffs are alike: bytes that are not UTF-8 are written as `\xNN`, and a comment below their line
 * says so, since the line could hold those four characters as well.
 */
export function readableDiff(diff: Buffer): string {
  if (isUtf8(diff)) return diff.toString("utf8");
  return byteLines(diff)
    .map((line) => {
      const bytes = Buffer.from(line, "latin1");
      return isUtf8(bytes)
        ? bytes.toString("utf8")
        : `${readableBytes(bytes)}\\ Not UTF-8: bytes are written as \\xNN above\n`;
    })
    .join("");
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
