/**
 * Replaces secret values by `***` in streams and documents, also where a value is split across chunks, in every form that
 * secret-forms.ts knows, and line by line.
 */
import { secretForms } from "./secret-forms.ts";

const MARK = "***";
/** Lines of a many-line secret (a PEM key) count as secrets of their own from this length on. */
const LINE_LENGTH = 16;

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

function forms(value: string): readonly string[] {
  const lines = value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= LINE_LENGTH);
  return [...secretForms(value), ...lines];
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
  const firsts = new Set(needles.map((needle) => needle.charCodeAt(0)));
  for (let length = longest; length > 0; length -= 1) {
    if (!firsts.has(text.charCodeAt(text.length - length))) continue;
    const tail = text.slice(text.length - length);
    if (needles.some((needle) => needle.length > length && needle.startsWith(tail))) return length;
  }
  return 0;
}
