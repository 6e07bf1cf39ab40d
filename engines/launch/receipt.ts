/**
 * The receipt on stdout: exactly one JSON document in valid UTF-8, by the schema, for this engine and this mode. What
 * does not fit is refused with `receipt_invalid`; what fits is redacted before anyone can store it.
 */
import {
  CabincrewError,
  isJsonObject,
  type Json,
  parseDocument,
  type Receipt,
  repeatsKey,
} from "../../schema/index.ts";
import type { EngineMode } from "../port.ts";
import type { Redactor } from "./redact.ts";

/** Deeper documents would overflow the stack of whoever canonicalises or shows them. */
const MAX_DEPTH = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;

export interface ExpectedReceipt {
  readonly engineId: string;
  readonly mode: EngineMode;
}

export function parseReceipt(stdout: Uint8Array, expected: ExpectedReceipt, redactor: Redactor): Receipt {
  const what = `The receipt of engine ${expected.engineId} (${expected.mode})`;
  const refuse = (why: string): CabincrewError => new CabincrewError("receipt_invalid", `${what} ${why}`);
  if (stdout.length === 0) throw refuse("is empty: the engine printed nothing on stdout");
  const text = decode(stdout, refuse);
  const value = parseText(text, refuse);
  if (repeatsKey(text, value)) throw refuse("has a key twice in one object");
  const clean = redact(value, redactor, refuse, 0);
  const receipt = parseDocument("receipt", clean, "receipt_invalid", what);
  if (receipt.mode !== expected.mode) throw refuse(`is for another mode: it says ${receipt.mode}`);
  if (receipt.engine_id !== expected.engineId)
    throw refuse(`is from another engine: it says \`${receipt.engine_id.slice(0, 200)}\``);
  return receipt;
}

function decode(stdout: Uint8Array, refuse: (why: string) => CabincrewError): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(stdout);
  } catch {
    throw refuse("is not valid UTF-8");
  }
}

function parseText(text: string, refuse: (why: string) => CabincrewError): Json {
  if (text.trim() === "") throw refuse("is empty: the engine printed only white space on stdout");
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The parser's own message quotes the text, which may hold a secret.
    throw refuse("is not exactly one JSON document; anything for people belongs on stderr");
  }
}

/** Digests are left alone: they have a fixed grammar, and a short secret could occur in one by chance. */
function redact(value: Json, redactor: Redactor, refuse: (why: string) => CabincrewError, level: number): Json {
  if (level > MAX_DEPTH) throw refuse(`is nested more than ${MAX_DEPTH} levels deep`);
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) throw refuse("holds a text with half a surrogate pair");
    return redactor.text(value);
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw refuse("holds a number that is too large");
  if (Array.isArray(value)) return value.map((each: Json) => redact(each, redactor, refuse, level + 1));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      if (LONE_SURROGATE.test(key)) throw refuse("holds a key with half a surrogate pair");
      const isDigest = key === "hash" && typeof member === "string" && /^(sha256:)?[0-9a-f]{64}$/.test(member);
      return [redactor.text(key), isDigest ? member : redact(member, redactor, refuse, level + 1)];
    }),
  );
}
