import type { Log, Result } from "sarif";
import { visible } from "../render/escape.ts";
import type { FormatProblem, FormatReport } from "./report.ts";

/** SARIF 2.1.0 (OASIS). Files are relative to the workspace, named SRCROOT. */
export function renderSarif(report: FormatReport, version: string): string {
  const problems = report.checks.flatMap((check) => check.problems);
  const rules = [...new Set(problems.map((problem) => problem.rule))].map((id) => ({ id: visible(id) }));
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
        results: problems.map((problem) => resultOf(problem, rules)),
      },
    ],
  };
  return JSON.stringify(log, null, 2);
}

function resultOf(problem: FormatProblem, rules: readonly { readonly id: string }[]): Result {
  const ruleId = visible(problem.rule);
  return {
    ruleId,
    ruleIndex: rules.findIndex((rule) => rule.id === ruleId),
    level: problem.level,
    message: { text: visible(problem.fix ? `${problem.message} Fix: ${problem.fix}` : problem.message) || ruleId },
    ...(problem.file === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(problem.file), uriBaseId: "SRCROOT" },
                ...(problem.line === undefined ? {} : { region: { startLine: Math.max(1, problem.line) } }),
              },
            },
          ],
        }),
  };
}

/** A relative URI reference (RFC 3986): each segment percent-encoded, colons too, so that no scheme can be read into it. */
function uriOf(file: string): string {
  return visible(file).split("/").map(encodeURIComponent).join("/");
}
