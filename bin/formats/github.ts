import { visible } from "../render/escape.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

const COMMANDS = { error: "error", warning: "warning", note: "notice" } as const;

/** GitHub workflow commands, one annotation a line, escaped by GitHub's rules (messages: % CR LF; properties: also : and ,). */
export function renderGithub(report: FormatReport): string {
  return report.checks
    .flatMap((check) => check.problems)
    .map((problem) => `::${COMMANDS[problem.level]} ${properties(problem)}::${message(problem)}\n`)
    .join("");
}

function properties(problem: FormatProblem): string {
  const pairs: [string, string | undefined][] = [
    ["file", problem.file],
    ["line", problem.file === undefined ? undefined : problem.line?.toString()],
    ["title", problem.rule],
  ];
  return pairs
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => `${name}=${data(value).replace(/:/g, "%3A").replace(/,/g, "%2C")}`)
    .join(",");
}

function message(problem: FormatProblem): string {
  const { message: text, fix, waived } = problem;
  return data([text, fix && `Fix: ${fix}`, waived && `Waived: ${waived.why}`].filter(Boolean).join(" "));
}

function data(text: string): string {
  return visible(text).replace(/%/g, "%25");
}
