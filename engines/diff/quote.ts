/** Names in diffs as git writes them with `core.quotePath` off: quoted where they would break the line or are not UTF-8. */
import { isUtf8 } from "node:buffer";

const ESCAPES: Readonly<Record<number, string>> = {
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
  34: '\\"',
  92: "\\\\",
};

/** `prefix` and `path` as one name; in double quotes with octal escapes where git needs them. */
export function quotedName(prefix: string, path: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(prefix), path]);
  const utf8 = isUtf8(bytes);
  const needsQuotes = (byte: number) =>
    byte < 32 || byte === 34 || byte === 92 || byte === 127 || (!utf8 && byte > 127);
  if (!bytes.some(needsQuotes)) return bytes.toString("utf8");
  const parts: Buffer[] = [Buffer.from('"')];
  for (const byte of bytes) {
    if (needsQuotes(byte)) parts.push(Buffer.from(ESCAPES[byte] ?? `\\${byte.toString(8).padStart(3, "0")}`));
    else parts.push(Buffer.from([byte]));
  }
  parts.push(Buffer.from('"'));
  return Buffer.concat(parts).toString("utf8");
}
