import { hiddenIn } from "./escape.ts";
import { code, type Ink, Shown } from "./shown.ts";

/** A longer line is shown in pieces, so that memory stays bounded whatever a diff holds. */
const LONGEST_LINE = 65_536;

/**
 * Colours a unified diff as it streams: chunks in, escaped text out, line feeds included. It counts the lines of each hunk,
 * so that a removed line that starts with `--` is never taken for a file header. Below a changed line with hidden characters a comment
 * names them: the line could hold the characters of their escapes as well, and that would be another change.
 */
export async function* renderDiff(chunks: AsyncIterable<string>, ink: Ink): AsyncGenerator<Shown> {
  const paint = createPainter(ink);
  for await (const line of splitLines(chunks)) yield paint(line);
}

/** The first `limit` lines, without the last line feed; `more` tells whether any were left out. */
export async function excerptOfDiff(
  chunks: AsyncIterable<string>,
  ink: Ink,
  limit: number,
): Promise<{ readonly text: Shown; readonly more: boolean }> {
  const kept: string[] = [];
  for await (const line of renderDiff(chunks, ink)) {
    if (kept.length === limit) return { text: new Shown(kept.join("").trimEnd()), more: true };
    kept.push(line.toString());
  }
  return { text: new Shown(kept.join("").trimEnd()), more: false };
}

/** Lines of a log, escaped, line feeds included. */
export async function* renderLog(chunks: AsyncIterable<string>): AsyncGenerator<Shown> {
  for await (const line of splitLines(chunks)) {
    yield line.endsWith("\n") ? new Shown(`${code(line.slice(0, -1))}\n`) : code(line);
  }
}

/** Lines with their line feed; a line above the limit comes in pieces without one. */
async function* splitLines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield `${part}\n`;
    while (rest.length > LONGEST_LINE) {
      yield rest.slice(0, LONGEST_LINE);
      rest = rest.slice(LONGEST_LINE);
    }
  }
  if (rest !== "") yield `${rest}\n`;
}

/** Hidden characters named below one line. */
const NAMED = 8;

type Paint = (line: Shown) => Shown;

const unpainted: Paint = (line) => line;

function createPainter(ink: Ink): (line: string) => Shown {
  let old = 0;
  let fresh = 0;
  let continued: Paint | undefined;
  let hidden = new Set<string>();
  return (line) => {
    const ended = line.endsWith("\n");
    const body = ended ? line.slice(0, -1) : line;
    const inHunk = old > 0 || fresh > 0;
    const paint = continued ?? choose(body);
    if ((inHunk || continued) && paint !== unpainted) for (const name of hiddenIn(body)) hidden.add(name);
    continued = ended ? undefined : paint;
    const note = ended ? noteOn(hidden) : "";
    if (ended) hidden = new Set();
    return new Shown(`${paint(code(body))}${ended ? "\n" : ""}${note}`);
  };

  function noteOn(names: ReadonlySet<string>): string {
    if (names.size === 0) return "";
    const some = [...names].slice(0, NAMED).join(" ");
    return `${ink.dim(`\\ Hidden above: ${some}${names.size > NAMED ? " ..." : ""}`)}\n`;
  }

  function choose(body: string): Paint {
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(body);
    if (old <= 0 && fresh <= 0) {
      if (!hunk)
        return /^(?:diff |---|\+\+\+|index |old |new |deleted |rename |Binary )/.test(body) ? ink.bold : unpainted;
      old = Number(hunk[1] ?? 1);
      fresh = Number(hunk[2] ?? 1);
      return ink.cyan;
    }
    if (body.startsWith("\\")) return ink.dim;
    if (!body.startsWith("+")) old -= 1;
    if (!body.startsWith("-")) fresh -= 1;
    if (body.startsWith("+")) return ink.green;
    return body.startsWith("-") ? ink.red : unpainted;
  }
}
