/**
 * JSON that somebody else wrote, before anything is made of it: no key twice (readers disagree on which of the two counts), no
 * nesting that is only there to exhaust a reader, no bytes that are not UTF-8. What passes means the same to every reader.
 */
import { isUtf8 } from "node:buffer";

/** Metadata of artifacts may be nested for as long as canonical JSON can be written of it, which is deeper than anybody writes. */
const MAX_DEPTH = 1000;
/** Values in one document: each costs a reader some tens of bytes, however short it is written. */
const MAX_VALUES = 20_000_000;

/** Keys of one object: far more than one that is written by anybody has, and beyond it objects become slow to read. */
const MAX_KEYS = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** What the bytes say. Throws an Error whose message ends a sentence about the document ("it is not JSON: …"). */
export function parseForeign(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw new Error("it is not UTF-8");
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  assertPlain(text);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Error(`it is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Looks at the text alone, in one pass; whether it is JSON at all is left to the parser. */
function assertPlain(text: string): void {
  const open: Set<string>[] = [];
  let values = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x7b: // {
      case 0x5b: // [
        if (open.push(new Set()) > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
        values += 1;
        break;
      case 0x7d: // }
      case 0x5d: // ]
        open.pop();
        break;
      case 0x2c: // ,
        values += 1;
        break;
      case QUOTE: {
        const end = endOfString(text, at);
        if (isKey(text, end)) noteKey(open.at(-1), text.slice(at, end));
        at = end - 1;
        break;
      }
      default:
    }
    if (values > MAX_VALUES) throw new Error(`it holds more than ${MAX_VALUES} values`);
  }
}

/** Behind the closing quote of the string that begins at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

function isKey(text: string, behind: number): boolean {
  let at = behind;
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
  return text.charCodeAt(at) === COLON;
}

function noteKey(keys: Set<string> | undefined, written: string): void {
  const key = written.includes("\\") ? unescaped(written) : written.slice(1, -1);
  if (keys?.has(key)) throw new Error(`it has the key ${JSON.stringify(key.slice(0, 100))} twice in one object`);
  keys?.add(key);
  if (keys && keys.size > MAX_KEYS) throw new Error(`it has an object of more than ${MAX_KEYS} keys`);
}

function unescaped(written: string): string {
  try {
    return JSON.parse(written) as string;
  } catch {
    return written;
  }
}
