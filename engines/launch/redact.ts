/**
 * Replaces secret values by `***` in streams and documents, also where a value is split across chunks, and in the forms
 * programs commonly print it: base64 (alone or inside a longer text), URL-encoded, JSON-escaped, line by line.
 */

const MARK = "***";
const LONE_SURROGATE = /\p{Surrogate}/u;
/** Lines of a many-line secret (a PEM key) count as secrets of their own from this length on. */
const LINE_LENGTH = 16;
/** Shorter values have no encoding that could be told from ordinary text. */
const ENCODED_LENGTH = 8;

export interface Redactor {
  /** Whole texts. */
  readonly text: (text: string) => string;
  /** One stream; call `end` for what was held back because it may be the beginning of a secret. */
  readonly stream: () => RedactedStream;
}

export interface RedactedStream {
  readonly push: (chunk: Buffer) => Buffer;
  readonly end: () => Buffer;
}

export function redactor(secretValues: readonly string[]): Redactor {
  const needles = [...new Set(secretValues.flatMap(forms))].filter(Boolean).sort((a, b) => b.length - a.length);
  const bytes = needles.map((needle) => Buffer.from(needle).toString("latin1"));
  return {
    text: replacer(needles),
    stream: () => redactedStream(bytes),
  };
}

function forms(value: string): string[] {
  const lines = value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= LINE_LENGTH);
  const escaped = JSON.stringify(value).slice(1, -1);
  return [value, escaped, ...lines, ...(value.length >= ENCODED_LENGTH ? encodedForms(value) : [])];
}

function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value);
  // Inside a longer text the value may begin at any of three places of a base64 group; the characters its neighbours share are left out.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return text.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
  });
  const url = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...base64, ...url, LONE_SURROGATE.test(value) ? "" : encodeURIComponent(value)];
}

function replacer(needles: readonly string[]): (text: string) => string {
  if (needles.length === 0) return (text) => text;
  const pattern = new RegExp(needles.map((needle) => needle.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|"), "g");
  return (text) => text.replace(pattern, MARK);
}

function redactedStream(needles: readonly string[]): RedactedStream {
  if (needles.length === 0) return { push: (chunk) => chunk, end: () => Buffer.alloc(0) };
  const replace = replacer(needles);
  let held = "";
  return {
    push(chunk) {
      const text = replace(held + chunk.toString("latin1"));
      const keep = possibleBeginning(text, needles);
      held = text.slice(text.length - keep);
      return Buffer.from(text.slice(0, text.length - keep), "latin1");
    },
    end() {
      const rest = Buffer.from(held, "latin1");
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of `text` that some needle begins with. */
function possibleBeginning(text: string, needles: readonly string[]): number {
  const longest = Math.min(text.length, (needles[0]?.length ?? 1) - 1);
  for (let length = longest; length > 0; length -= 1) {
    const tail = text.slice(text.length - length);
    if (needles.some((needle) => needle.length > length && needle.startsWith(tail))) return length;
  }
  return 0;
}
