/** The text a file had before a change: the new text with the change undone. Nothing is read for it. */
import type { FileChange } from "../../schema/index.ts";

/** Undefined when the change does not account for every line, so that no invented text is ever judged. */
export function oldText(change: FileChange, text: string | undefined): string | undefined {
  if (change.truncated || change.binary) return undefined;
  const { lines, ends } = split(text ?? "");
  const added = new Set(change.added.map(({ line }) => line));
  const kept = lines.filter((_, index) => !added.has(index + 1));
  if (lines.length - kept.length !== change.added.length) return undefined;
  const old = new Array<string | undefined>(kept.length + change.removed.length);
  for (const { line, text: removed } of change.removed) {
    if (line > old.length || old[line - 1] !== undefined) return undefined;
    old[line - 1] = removed;
  }
  let next = 0;
  for (let index = 0; index < old.length; index += 1) old[index] ??= kept[next++];
  return old.length === 0 ? "" : `${old.join("\n")}${ends || text === undefined ? "\n" : ""}`;
}

function split(text: string): { readonly lines: string[]; readonly ends: boolean } {
  if (text === "") return { lines: [], ends: false };
  const ends = text.endsWith("\n");
  return { lines: (ends ? text.slice(0, -1) : text).split("\n"), ends };
}
