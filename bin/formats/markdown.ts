import { visible } from "../render/escape.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

/** A comment on GitHub holds 65,536 characters; what surrounds a report needs some of them. */
const MAX_UNITS = 60_000;
/** Rows that stand open; the others are folded. */
const OPEN_ROWS = 10;
const CELL_UNITS = 600;
const HEADER = ["", "Where", "What", "Rule"];
const RANK = { error: 0, warning: 1, note: 2 } as const;

/**
 * GitHub-flavoured Markdown for pull requests and job summaries: the most severe findings first, at most `limit` of them and
 * never more than a comment holds, saying how many were left out.
 */
export function renderMarkdown(report: FormatReport, limit = 200): string {
  const problems = report.checks.flatMap((check) => check.problems).sort((a, b) => RANK[a.level] - RANK[b.level]);
  const head = [
    `### ${cell(report.title)}: ${cell(report.outcome)}`,
    "",
    ...table(
      ["", ""],
      report.facts.map(([name, value]) => [cell(name), cell(value)]),
    ),
  ];
  const rows = fitting(problems.slice(0, limit).map(row), MAX_UNITS - head.join("\n").length);
  const left = problems.length - rows.length;
  return [
    ...head,
    ...(problems.length === 0 ? ["No findings."] : table(HEADER, rows.slice(0, OPEN_ROWS))),
    ...folded(rows.slice(OPEN_ROWS)),
    ...(left > 0 ? ["", `… and ${left} more.`] : []),
    "",
  ].join("\n");
}

function folded(rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  return ["<details>", `<summary>${rows.length} more</summary>`, "", ...table(HEADER, rows), "</details>"];
}

/** As many rows from the start as fit into `units`. */
function fitting(rows: readonly string[][], units: number): string[][] {
  let room = units;
  return rows.filter((cells) => {
    room -= cells.join(" | ").length + 5;
    return room >= 0;
  });
}

/** Text of one cell: cut where it is long, then escaped. */
function cell(text: string): string {
  return escaped(text.length <= CELL_UNITS ? text : `${text.slice(0, CELL_UNITS)}…`);
}

const LABELS = { error: "**deny**", warning: "**needs approval**", note: "warn" } as const;

function row(problem: FormatProblem): string[] {
  const where =
    problem.file === undefined ? "" : `${problem.file}${problem.line === undefined ? "" : `:${problem.line}`}`;
  const { message, fix, waived, word, level, rule } = problem;
  const what = [cell(message), fix && `Fix: ${cell(fix)}`, waived && `Waived: ${cell(waived.why)}`].filter(Boolean);
  return [waived ? "waived" : (word ?? LABELS[level]), cell(where), what.join("<br>"), cell(rule)];
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line), ""];
}

/**
 * Text that stays text: every character that Markdown, HTML or GitHub gives a meaning to (mentions and references too)
 * becomes a character reference, so that a finding can neither format, link nor end its table cell. GitHub looks for mentions
 * and references in the rendered text; an empty comment after the sign breaks those.
 */
export function escaped(text: string): string {
  return visible(text)
    .replace(
      /[^\p{L}\p{N} ./\-+=,;%]/gu,
      (char) => `&#${char.codePointAt(0)};${char === "@" || char === "#" ? "<!-- -->" : ""}`,
    )
    .replace(/^[-+=]|^\d+(?=\.)|(?<=\bwww)\./gi, (start) =>
      [...start].map((char) => `&#${char.codePointAt(0)};`).join(""),
    );
}
