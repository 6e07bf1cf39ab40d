import { visible } from "../render/escape.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

/** GitHub-flavoured Markdown for pull requests and job summaries; at most `limit` findings, saying how many were left out. */
export function renderMarkdown(report: FormatReport, limit = 200): string {
  const problems = report.checks.flatMap((check) => check.problems);
  return [
    `### ${escaped(report.title)}: ${escaped(report.outcome)}`,
    "",
    ...table(
      ["", ""],
      report.facts.map(([name, value]) => [escaped(name), escaped(value)]),
    ),
    ...(problems.length === 0
      ? ["No findings."]
      : table(["", "Where", "What", "Rule"], problems.slice(0, limit).map(row))),
    ...(problems.length > limit ? ["", `… and ${problems.length - limit} more.`] : []),
    "",
  ].join("\n");
}

const LABELS = { error: "**deny**", warning: "**needs approval**", note: "warn" } as const;

function row(problem: FormatProblem): string[] {
  const where =
    problem.file === undefined ? "" : `${problem.file}${problem.line === undefined ? "" : `:${problem.line}`}`;
  const what = problem.fix ? `${escaped(problem.message)}<br>Fix: ${escaped(problem.fix)}` : escaped(problem.message);
  return [LABELS[problem.level], escaped(where), what, escaped(problem.rule)];
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
