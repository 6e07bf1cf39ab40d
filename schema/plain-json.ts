/**
 * What JSON.parse keeps to itself of a text it took. RFC 8785 canonicalises I-JSON (RFC 7493) only: a key twice in an object and a
 * whole number with more digits than a double keeps would be sealed as something else than what was written.
 */
import type { Json } from "./json-value.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const NUMBER = /[0-9.eE+-]+/y;
/** Every whole number with fewer digits is kept. */
const MANY_DIGITS = /^\d{16,}$/;

/** Whether an object in `text`, of which JSON.parse made `value`, holds a key twice: readers disagree on which of them counts. */
export function repeatsKey(text: string, value: Json): boolean {
  let written = 0;
  for (const token of tokens(text)) if (token === ":") written += 1;
  return written !== members(value);
}

/** Whether a whole number in the JSON `text` is another one once it is read, such as 12345678901234567. */
export function losesDigits(text: string): boolean {
  for (const token of tokens(text)) if (MANY_DIGITS.test(token) && !isKept(token)) return true;
  return false;
}

function isKept(digits: string): boolean {
  const value = Number(digits);
  return String(value) === digits || (Number.isFinite(value) && BigInt(value) === BigInt(digits));
}

/** Colons and numbers (without their sign) outside of strings. */
function* tokens(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(text, at);
    else if (code === COLON) yield ":";
    else if (code >= ZERO && code <= NINE) {
      NUMBER.lastIndex = at;
      const [number = ""] = NUMBER.exec(text) ?? [];
      yield number;
      at += number.length - 1;
    }
  }
}

function closingQuote(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** How many members all objects of a value have, however deep it is nested. */
function members(value: Json): number {
  let count = 0;
  const open: Json[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const inside: readonly Json[] = Array.isArray(next) ? next : Object.values(next);
    if (!Array.isArray(next)) count += inside.length;
    for (const each of inside) if (typeof each === "object" && each !== null) open.push(each);
  }
  return count;
}
