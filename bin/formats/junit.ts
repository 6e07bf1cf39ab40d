import { visible } from "../render/escape.ts";
import type { FormatCheck, FormatProblem, FormatReport } from "./report.ts";

/** JUnit XML as CI servers read it: a suite for each policy or model, a case for each finding, a passed case where none is. */
export function renderJunit(report: FormatReport): string {
  const counts = totals(report.checks);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(report.title)}" tests="${counts.tests}" failures="${counts.failures}" errors="${counts.errors}">`,
    ...report.checks.flatMap(suiteOf),
    "</testsuites>",
    "",
  ].join("\n");
}

function suiteOf(check: FormatCheck): string[] {
  const { tests, failures, errors, skipped } = totals([check]);
  return [
    `  <testsuite name="${xml(check.name)}" tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}">`,
    ...(check.problems.length === 0
      ? [`    <testcase classname="${xml(check.name)}" name="${xml(check.claim ?? "nothing found")}"/>`]
      : check.problems.map((problem) => caseOf(check, problem))),
    "  </testsuite>",
  ];
}

function caseOf(check: FormatCheck, problem: FormatProblem): string {
  const place =
    problem.file === undefined ? "" : `${problem.file}${problem.line === undefined ? "" : `:${problem.line}`}`;
  const name = place === "" ? problem.rule : `${problem.rule} ${place}`;
  const file = problem.file === undefined ? "" : ` file="${xml(problem.file)}"`;
  const line = problem.line === undefined ? "" : ` line="${problem.line}"`;
  const text = xml([place, problem.message, problem.fix && `Fix: ${problem.fix}`].filter(Boolean).join(" "));
  const tag = check.broken ? "error" : "failure";
  const body =
    problem.waived !== undefined
      ? `<skipped message="${xml(`waived: ${problem.waived.why}`)}">${text}</skipped>`
      : problem.inapplicable
        ? `<skipped message="${xml(problem.message)}"/>`
        : problem.level === "note"
          ? `<system-out>${text}</system-out>`
          : `<${tag} type="${xml(problem.rule)}" message="${xml(problem.message)}">${text}</${tag}>`;
  return `    <testcase classname="${xml(check.name)}" name="${xml(name)}"${file}${line}>${body}</testcase>`;
}

function totals(checks: readonly FormatCheck[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
} {
  const failed = (check: FormatCheck) =>
    check.problems.filter(({ level, waived }) => level !== "note" && !waived).length;
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    tests: sum(checks.map((check) => Math.max(1, check.problems.length))),
    failures: sum(checks.filter((check) => !check.broken).map(failed)),
    errors: sum(checks.filter((check) => check.broken).map(failed)),
    skipped: sum(
      checks.map(
        (check) => check.problems.filter(({ waived, inapplicable }) => waived !== undefined || inapplicable).length,
      ),
    ),
  };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Visible text has none of the characters XML 1.0 forbids. Runners' commands are broken up: a report may be printed in their logs. */
function xml(text: string): string {
  return visible(text)
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)
    .replace(/##(?=[a-z]*\[)/gi, "#&#35;");
}
