import type { EvaluationReport } from "../../orchestrator/index.ts";
import { decisionWord, findingsOf, renderFindings } from "./findings.ts";
import { type Ink, indented, lines, type Shown, safe } from "./shown.ts";

const AGREES = {
  same: "the input is the one that was judged",
  differs: "the input is not the one that was judged",
  unchecked: "no judge recorded a digest of the input",
} as const;

/** What would be decided about a plan, and what each judge said. */
export function renderEvaluation(report: EvaluationReport, ink: Ink): Shown {
  const findings = findingsOf(report.evaluations);
  const { recorded } = report;
  return lines(
    safe`${ink.bold("decision")}  ${decisionWord(report.decision, ink)}`,
    recorded && safe`  ${ink.bold("recorded")}  ${recorded.decision ?? "not judged"}; ${AGREES[recorded.input]}`,
    ...report.evaluations.map(
      ({ policy_id, decision, reason }) => safe`  ${policy_id}  ${decisionWord(decision, ink)}  ${ink.dim(reason)}`,
    ),
    findings.length > 0 && indented(renderFindings(findings, ink), "    "),
  );
}
