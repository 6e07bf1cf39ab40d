import canonicalize from "canonicalize";
import { CabincrewError } from "./error.ts";

/**
 * Canonical JSON by RFC 8785 (JCS). Throws `internal` for what I-JSON cannot express: NaN, infinities, lone surrogates.
 * Keys whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch (error) {
    throw new CabincrewError("internal", `Canonical JSON: ${(error as Error).message}`, { cause: error });
  }
  if (text === undefined) throw new CabincrewError("internal", "Canonical JSON: undefined has no canonical form");
  // JSON.stringify writes a lone surrogate as a \udXXX escape; a well-formed pair stands as itself.
  if (/\\ud[89a-f]/.test(text) && hasLoneSurrogate(value)) {
    throw new CabincrewError("internal", "Canonical JSON: a string holds a lone surrogate (RFC 8785 section 3.2.2.2)");
  }
  return text;
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, member]) => hasLoneSurrogate(key) || hasLoneSurrogate(member));
}
