/**
 * Exceptions as conftest's users write them: `exception contains rules if { … rules := ["foo"] }` lifts `deny_foo`, `violation_foo`
 * and so on for the present input; the empty name lifts the rules without one. What is lifted is recorded, never dropped.
 */
import type { Finding } from "../schema/index.ts";

/** A finding that an exception lifts, and the rule set it is from. */
export interface Excepted extends Finding {
  readonly set: string;
}

/** The names an answer lifts; undefined when its `exception` is anything but a set of lists of names. */
export function parseExceptions(value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return new Set();
  if (!Array.isArray(value)) return undefined;
  const names = new Set<string>();
  for (const list of value) {
    if (!Array.isArray(list)) return undefined;
    for (const name of list) {
      if (typeof name !== "string") return undefined;
      names.add(name);
    }
  }
  return names;
}

/** What an exception calls a rule set: `deny_foo` is `foo`, `deny` is the empty name. */
export function exceptionName(set: string): string {
  return set.replace(/^(?:deny|violation|warn|require_approval)_?/, "");
}
