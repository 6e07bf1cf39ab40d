import { canonicalJson } from "../../schema/index.ts";

/** Whether `text` is the canonical form (RFC 8785) of `value`, which was parsed from it. */
export function isCanonical(text: string, value: unknown): boolean {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}
