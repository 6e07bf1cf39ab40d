import type { Log, ReportingDescriptor, Result } from "sarif";
import { visible } from "../render/escape.ts";
import { fingerprints } from "./fingerprint.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

/** What GitHub's code scanning sorts by: a number out of 10 in text. */
const SECURITY_SEVERITY: ReadonlyMap<string, string> = new Map([
  ["critical", "9.5"],
  ["high", "8.0"],
  ["medium", "5.5"],
  ["low", "2.0"],
]);
/**
 * What a result about the plan as a whole names as its file: GitHub's code scanning refuses a whole report for one result without
 * a file, and wants a line.
 */
const NO_FILE = "no file";
const PLAIN_URI = /^[!-~]+$/;

/** SARIF 2.1.0 (OASIS). Files are relative to the workspace, named SRCROOT. */
export function renderSarif(report: FormatReport, version: string): string {
  const problems = report.checks.flatMap((check) => check.problems);
  const rules = rulesOf(problems);
  const names = fingerprints(problems);
  const log: Log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "cabincrew", version, semanticVersion: version, rules } },
        invocations: [
          {
            executionSuccessful: report.checks.every((check) => !check.broken),
            exitCode: report.exitCode,
            exitCodeDescription: report.outcome,
          },
        ],
        automationDetails: { id: visible(`cabincrew/${report.title}`) },
        columnKind: "utf16CodeUnits",
        results: problems.map((problem, index) => resultOf(problem, rules, names[index] ?? "")),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

/** Each rule once, with the help its first problem gives: how to fix it, and where more is said. */
function rulesOf(problems: readonly FormatProblem[]): ReportingDescriptor[] {
  const rules = new Map<string, ReportingDescriptor>();
  for (const { rule, fix, help, severity } of problems) {
    const id = visible(rule);
    if (rules.has(id)) continue;
    const text = visible([fix, help].filter(Boolean).join(" "));
    const security = severity === undefined ? undefined : SECURITY_SEVERITY.get(severity.toLowerCase());
    rules.set(id, {
      id,
      ...(text === "" ? {} : { help: { text } }),
      ...(help === undefined || !PLAIN_URI.test(help) ? {} : { helpUri: help }),
      ...(security === undefined ? {} : { properties: { tags: ["security"], "security-severity": security } }),
    });
  }
  return [...rules.values()];
}

function resultOf(problem: FormatProblem, rules: readonly ReportingDescriptor[], fingerprint: string): Result {
  const ruleId = visible(problem.rule);
  return {
    ruleId,
    ruleIndex: rules.findIndex((rule) => rule.id === ruleId),
    ...(problem.inapplicable
      ? { kind: "notApplicable", level: "none" }
      : { level: problem.waived?.was ?? problem.level }),
    partialFingerprints: { "cabincrew/1": fingerprint },
    message: { text: visible(problem.fix ? `${problem.message} Fix: ${problem.fix}` : problem.message) || ruleId },
    // An empty list says that suppressions were looked for and there is none; viewers compare runs by it.
    suppressions: problem.waived
      ? [{ kind: "external", status: "accepted", justification: visible(problem.waived.why) }]
      : [],
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(problem.file || NO_FILE), uriBaseId: "SRCROOT" },
          region: { startLine: Math.max(1, problem.line ?? 1) },
        },
      },
    ],
  };
}

/** A relative URI reference (RFC 3986): each segment percent-encoded, colons too, so that no scheme can be read into it. */
function uriOf(file: string): string {
  return visible(file).split("/").map(encodeURIComponent).join("/");
}
