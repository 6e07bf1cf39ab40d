/**
 * The digest OPA's signatures name for a file: of its bytes, and for structured documents of their content, so that layout and
 * the order of keys do not count (OPA's bundle documentation, "Signature Format"). Numbers count as they are written.
 */
import { createHash } from "node:crypto";
import { isLosslessNumber, parse } from "lossless-json";
import { compareUtf8 } from "../../schema/index.ts";

/** OPA's names for the algorithms whose collisions nobody can make; MD5 and SHA-1 are not among them. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ["SHA-224", "sha224"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
  ["SHA-512-224", "sha512-224"],
  ["SHA-512-256", "sha512-256"],
]);

/** Lower-case hexadecimal digits; undefined for an algorithm that is unknown or weak. Throws for a document that is not JSON. */
export function signedHash(name: string, bytes: Buffer, algorithm: string): string | undefined {
  const known = ALGORITHMS.get(algorithm);
  if (known === undefined) return undefined;
  const hash = createHash(known);
  return (isStructured(name) ? hash.update(encode(parse(bytes.toString("utf8")))) : hash.update(bytes)).digest("hex");
}

function isStructured(name: string): boolean {
  const base = name.slice(name.lastIndexOf("/") + 1);
  return base === "data.json" || base === ".manifest";
}

function encode(value: unknown): string {
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  if (typeof value !== "object" || value === null) return encodeText(value);
  const members = Object.entries(value).sort(([a], [b]) => compareUtf8(a, b));
  return `{${members.map(([key, inner]) => `${encodeText(key)}:${encode(inner)}`).join(",")}}`;
}

/** As Go writes JSON: it escapes two line separators that JavaScript does not. */
function encodeText(value: unknown): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
