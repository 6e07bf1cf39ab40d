/** One entry's change in git's unified format: header lines, hunks with three lines of context, names quoted as git does. */
import { type Edit, editScript } from "./edits.ts";
import { quotedName } from "./quote.ts";
import { byteLines, isBinary } from "./text.ts";

const CONTEXT = 3;
/** Larger contents are named and sized, not shown. */
const MOST_BYTES = 1024 * 1024;

/** One side of a change. `content` is what the hunks compare: a file's bytes, a link's target, absent for directories. */
export interface DiffSide {
  /** Path relative to the workspace, as bytes. */
  readonly path: Buffer;
  /** Type and permission bits as git writes them: six octal digits, `100644`, `120000`, `040755`. */
  readonly mode: string;
  /** Absent: too large to be read, or a directory. */
  readonly content?: Buffer;
  readonly size: number;
}

/** The change from `before` to `after`, either of which may be absent; ends with a newline. */
export function unifiedDiff(before: DiffSide | undefined, after: DiffSide | undefined): Buffer {
  const oldPath = (before ?? after)?.path ?? Buffer.alloc(0);
  const newPath = (after ?? before)?.path ?? Buffer.alloc(0);
  const lines = [`diff --git ${quotedName("a/", oldPath)} ${quotedName("b/", newPath)}`];
  if (!before) lines.push(`new file mode ${after?.mode}`);
  else if (!after) lines.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  if (before && after && !oldPath.equals(newPath))
    lines.push(`rename from ${quotedName("", oldPath)}`, `rename to ${quotedName("", newPath)}`);
  return Buffer.concat([Buffer.from(`${lines.join("\n")}\n`), body(before, after)]);
}

function body(before: DiffSide | undefined, after: DiffSide | undefined): Buffer {
  const sides = [before, after].filter((side) => side !== undefined);
  const oldName = before ? quotedName("a/", before.path) : "/dev/null";
  const newName = after ? quotedName("b/", after.path) : "/dev/null";
  if (sides.some((side) => side.size > MOST_BYTES || (side.content && isBinary(side.content)))) {
    if (before?.content && after?.content?.equals(before.content)) return Buffer.alloc(0);
    const sizes = `${before ? before.size : "none"} -> ${after ? after.size : "none"} bytes`;
    return Buffer.from(`Binary or large files ${oldName} and ${newName} differ (${sizes})\n`);
  }
  const old = byteLines(before?.content ?? Buffer.alloc(0));
  const now = byteLines(after?.content ?? Buffer.alloc(0));
  const shown = hunks(old, now, editScript(old, now));
  return shown === ""
    ? Buffer.alloc(0)
    : Buffer.concat([Buffer.from(`--- ${oldName}\n+++ ${newName}\n`), Buffer.from(shown, "latin1")]);
}

interface Step {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/** All hunks as latin1 text. */
function hunks(old: readonly string[], now: readonly string[], edits: readonly Edit[]): string {
  let text = "";
  let oldLine = 0;
  let newLine = 0;
  let pending: Step[] = [];
  let oldStart = 0;
  let newStart = 0;
  const flush = () => {
    text += pending.length > 0 ? hunk(oldStart, newStart, pending) : "";
    pending = [];
  };
  edits.forEach((edit, index) => {
    if (edit.kind === "same") {
      const first = index === 0 ? 0 : Math.min(CONTEXT, edit.count);
      const last = index === edits.length - 1 ? 0 : Math.min(CONTEXT, edit.count);
      const joined = first + last >= edit.count;
      const lead = joined ? edit.count : first;
      for (let at = 0; at < lead; at++) pending.push({ sign: " ", text: old[oldLine + at] ?? "" });
      if (!joined || index === 0) {
        if (!joined) flush();
        const skipped = joined ? 0 : edit.count - last;
        if (!joined)
          for (let at = skipped; at < edit.count; at++) pending.push({ sign: " ", text: old[oldLine + at] ?? "" });
        oldStart = oldLine + skipped;
        newStart = newLine + skipped;
      }
      oldLine += edit.count;
      newLine += edit.count;
    } else if (edit.kind === "removed") {
      for (let at = 0; at < edit.count; at++) pending.push({ sign: "-", text: old[oldLine++] ?? "" });
    } else {
      for (let at = 0; at < edit.count; at++) pending.push({ sign: "+", text: now[newLine++] ?? "" });
    }
  });
  flush();
  return text;
}

function hunk(oldStart: number, newStart: number, steps: readonly Step[]): string {
  const oldCount = steps.filter((step) => step.sign !== "+").length;
  const newCount = steps.filter((step) => step.sign !== "-").length;
  const body = steps.map(
    (step) => `${step.sign}${step.text}${step.text.endsWith("\n") ? "" : "\n\\ No newline at end of file\n"}`,
  );
  return `@@ -${range(oldStart, oldCount)} +${range(newStart, newCount)} @@\n${body.join("")}`;
}

/** `start` is the number of lines before the hunk; an empty range names the line before it, as git does. */
function range(start: number, count: number): string {
  if (count === 1) return `${start + 1}`;
  return `${count === 0 ? start : start + 1},${count}`;
}
