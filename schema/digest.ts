import * as crypto from "node:crypto";
import { canonicalJson } from "./canonical.ts";

/** SHA-256 of bytes or UTF-8 text as 64 lower-case hex digits. The one-shot call of Node ≥ 20.12 is three times faster on small inputs. */
export const sha256: (data: string | Uint8Array) => string =
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "hex")
    : (data) => crypto.createHash("sha256").update(data).digest("hex");

/** SHA-256 over the RFC 8785 form of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

export function isSha256(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

/** Order of UTF-8 bytes, which is not JavaScript's order of UTF-16 units (DESIGN section 4). */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
