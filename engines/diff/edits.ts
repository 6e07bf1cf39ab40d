/**
 * The edit script between two lists of lines, in bounded time: common ends are cut off, then the `diff` library searches up
 * to a fixed number of edits; beyond it the whole middle counts as replaced. No clock is involved, so the same input always
 * gives the same script.
 */
import { diffArrays } from "diff";

const MOST_EDITS = 1500;

/** `count` lines that stay, go or come, in file order; removals stand before the additions that replace them. */
export interface Edit {
  readonly kind: "same" | "removed" | "added";
  readonly count: number;
}

export function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const middle = middleScript(before.slice(head, before.length - tail), after.slice(head, after.length - tail));
  return ([{ kind: "same", count: head }, ...middle, { kind: "same", count: tail }] as Edit[]).filter(
    (edit) => edit.count > 0,
  );
}

function middleScript(before: string[], after: string[]): Edit[] {
  const replaced: Edit[] = [
    { kind: "removed", count: before.length },
    { kind: "added", count: after.length },
  ];
  if (!haveCommonLine(before, after)) return replaced;
  const parts = diffArrays(before, after, { maxEditLength: MOST_EDITS });
  if (!parts) return replaced;
  return parts.map((part) => ({
    kind: part.added ? "added" : part.removed ? "removed" : "same",
    count: part.value.length,
  }));
}

/** Where nothing is shared the search would try every number of edits only to find that. */
function haveCommonLine(before: readonly string[], after: readonly string[]): boolean {
  const known = new Set(before);
  return after.some((line) => known.has(line));
}
