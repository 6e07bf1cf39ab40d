import { visible } from "../render/escape.ts";
import { fingerprints } from "./fingerprint.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

/** GitLab shows a problem at a file; what is about no file is shown at the workspace as a whole. */
const NO_FILE = ".";
const SEVERITIES = { error: "critical", warning: "major", note: "minor" } as const;

/** GitLab's code quality report: one list, each problem with a fingerprint, a severity and a place. */
export function renderGitlab(report: FormatReport): string {
  const problems = report.checks.flatMap((check) =>
    check.problems.map((problem) => ({ problem, broken: check.broken })),
  );
  const names = fingerprints(problems.map(({ problem }) => problem));
  return JSON.stringify(
    problems.map(({ problem, broken }, index) => ({
      description: descriptionOf(problem),
      check_name: visible(problem.rule),
      fingerprint: names[index],
      severity: severityOf(problem, broken),
      location: { path: pathOf(problem.file), lines: { begin: Math.max(1, problem.line ?? 1) } },
    })),
    null,
    2,
  );
}

function descriptionOf({ message, fix, waived }: FormatProblem): string {
  const parts = [message, fix && `Fix: ${fix}`, waived && `Waived: ${waived.why}`];
  return visible(parts.filter(Boolean).join(" "));
}

function severityOf(problem: FormatProblem, broken: boolean): string {
  if (problem.waived) return "info";
  return broken && problem.level === "error" ? "blocker" : SEVERITIES[problem.level];
}

/** Relative, without a leading `./`. */
function pathOf(file: string | undefined): string {
  const path = visible(file ?? "").replace(/^(?:\.?\/)+/, "");
  return path === "" ? NO_FILE : path;
}
