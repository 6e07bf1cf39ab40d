/** A content change as policies and models judge it: counted, and every added and removed line with its number. */
import type { Line } from "../../schema/index.ts";
import { editScript } from "./edits.ts";
import { byteLines, isBinary, readableLine } from "./text.ts";

/** Above this many bytes on either side lines are not looked at. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface ChangeAnalysis {
  /** The new side holds a NUL byte, or what goes did: no lines are given. */
  readonly binary: boolean;
  /** What was text is binary now. */
  readonly became_binary?: true;
  readonly insertions: number;
  readonly deletions: number;
  /** Lines that come, with their 1-based number in the new content. Bytes that are not UTF-8 read as `\xNN`. */
  readonly added: Line[];
  /** Lines that go, with their 1-based number in the old content. */
  readonly removed: Line[];
  /** Lines were left out because of the size limit: judges should treat the content as unseen. */
  readonly truncated: boolean;
}

/** Compares old and new content; undefined is "did not exist". Takes bounded time for any input, and throws nothing. */
export function analyseChange(oldBytes: Buffer | undefined, newBytes: Buffer | undefined): ChangeAnalysis {
  const sides = [oldBytes, newBytes].filter((side) => side !== undefined);
  // What a file was must not hide what it becomes: text in the place of something binary is new text, every line of it.
  const binary = isBinary(newBytes ?? oldBytes ?? Buffer.alloc(0));
  const wasBinary = oldBytes !== undefined && isBinary(oldBytes);
  const became = binary && newBytes && oldBytes && !wasBinary ? { became_binary: true as const } : {};
  const truncated = !binary && sides.some((side) => side.length > MOST_BYTES);
  if (binary || truncated) return { binary, ...became, insertions: 0, deletions: 0, added: [], removed: [], truncated };
  const before = oldBytes && !wasBinary ? byteLines(oldBytes) : [];
  const after = newBytes ? byteLines(newBytes) : [];
  const added: Line[] = [];
  const removed: Line[] = [];
  let oldLine = 0;
  let newLine = 0;
  for (const edit of editScript(before, after)) {
    for (let each = 0; each < edit.count; each++) {
      if (edit.kind === "removed") removed.push({ line: ++oldLine, text: readableLine(before[oldLine - 1] ?? "") });
      else if (edit.kind === "added") added.push({ line: ++newLine, text: readableLine(after[newLine - 1] ?? "") });
    }
    if (edit.kind === "same") {
      oldLine += edit.count;
      newLine += edit.count;
    }
  }
  return { binary, insertions: added.length, deletions: removed.length, added, removed, truncated };
}
