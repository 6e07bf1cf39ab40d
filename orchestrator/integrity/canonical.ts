import { canonicalJson } from "../../schema/index.ts";

/**
 * Whether `text` is the RFC 8785 form of `value`, which was parsed from it. JSON.stringify writes numbers and strings as RFC 8785
 * demands and keeps the order it read; so when it gives the same text and all keys are in order, nothing need be sorted again.
 */
export function isCanonical(text: string, value: unknown): boolean {
  if (JSON.stringify(value) === text && inOrder(value)) return true;
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}

function inOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(inOrder);
  let before: string | undefined;
  for (const key of Object.keys(value)) {
    if (before !== undefined && before >= key) return false;
    before = key;
    if (!inOrder((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}
