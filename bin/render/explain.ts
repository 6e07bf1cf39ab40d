import type { ExplainedFinding, ExplainedJudge, ExplainReport } from "../../orchestrator/index.ts";
import { decisionWord, placeOf, renderFindings } from "./findings.ts";
import { code, type Ink, indented, lines, type Showable, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";
import { count } from "./units.ts";
import { valueText } from "./values.ts";

/** Findings of one judge shown here; --json has all. */
const FINDINGS = 20;

const AGREES = {
  same: "made again as it was judged",
  differs: "cannot be made again as it was judged: what follows is the record alone",
  unchecked: "made again; no judge recorded a digest to hold it against",
  gone: "is gone: what follows is the record alone",
} as const;

/** Which judge saw what of a plan, and why each decided as it did. */
export function renderExplanation(report: ExplainReport, ink: Ink): Shown {
  const { input, decision } = report;
  const summary = input.summary;
  return lines(
    safe`${ink.bold("run")}  ${report.run_id}  ${decision === null ? "not judged" : decisionWord(decision, ink)}`,
    safe`  ${ink.bold("input")}       ${AGREES[input.agrees]}${input.problem === undefined ? "" : `: ${input.problem}`}  ${ink.dim(input.sha256 ?? "")}`,
    summary &&
      safe`              ${count(summary.artifacts, "artifact")}, ${count(summary.files, "file")}, +${summary.insertions} -${summary.deletions}`,
    safe`  ${ink.bold("governance")}  ${ink.dim(report.governance_digest)}${report.governance_same ? "" : " (no longer the one in force)"}`,
    ...report.waivers.map(
      (waiver) =>
        safe`  ${ink.bold("waived")}      ${count(waiver.findings, "finding")} by ${waiver.id} (${waiver.owner}, until ${waiver.expires}): ${waiver.reason}`,
    ),
    ...report.judges.flatMap((judge) => ["", renderJudge(judge, ink)]),
  );
}

function renderJudge(judge: ExplainedJudge, ink: Ink): Shown {
  const { saw, scores } = judge;
  const seen = [
    saw.artifacts === null ? undefined : count(saw.artifacts, "artifact"),
    saw.documents === undefined ? undefined : count(saw.documents, "document"),
    saw.lines === null ? undefined : count(saw.lines, "added line"),
  ].filter((part) => part !== undefined);
  return lines(
    safe`${ink.bold(judge.policy_id)} ${judge.version ?? ""}  ${decisionWord(judge.decision, ink)}  ${judge.reason}`,
    safe`  saw ${seen.join(", ")} (view: ${saw.view})${saw.input_sha256 === undefined ? "" : ink.dim(`  input ${saw.input_sha256}`)}`,
    ...rules(judge, ink),
    ...(scores
      ? [
          safe`  highest score ${scores.max.toFixed(3)}${scores.nearest ? `, ${Math.abs(scores.nearest.margin).toFixed(3)} ${scores.nearest.margin < 0 ? "below" : "above"} ${scores.nearest.decision} (${scores.nearest.threshold})` : ""}`,
        ]
      : []),
    ...judge.findings.slice(0, FINDINGS).map((finding) => indented(renderFinding(judge, finding, ink), "  ")),
    judge.findings.length > FINDINGS && ink.dim(`  … and ${judge.findings.length - FINDINGS} more; --json lists all`),
    Array.isArray(judge.waivers_expired) &&
      ink.yellow(`  expired waivers did nothing: ${judge.waivers_expired.map(({ id }) => String(id)).join(", ")}`),
    ...values(judge, ink),
  );
}

function rules(judge: ExplainedJudge, ink: Ink): Showable[] {
  const matched = judge.rules.filter((rule) => rule.matched > 0);
  const silent = judge.rules.length - matched.length;
  const names = matched.map(
    ({ rule, matched: times, waived }) =>
      `${rule === "" ? "(no rule id)" : rule} ×${times}${waived > 0 ? ` (${waived} waived)` : ""}`,
  );
  if (names.length === 0 && silent === 0) return [];
  const others = silent === 0 ? "" : `${names.length === 0 ? "" : "; "}${count(silent, "rule")} found nothing`;
  return [safe`  rules: ${names.join(", ")}${ink.dim(others)}`];
}

function renderFinding(judge: ExplainedJudge, { seen, ...finding }: ExplainedFinding, ink: Ink): Shown {
  const sourced = { ...finding, source: judge.source, policy_id: judge.policy_id };
  const place = placeOf(finding);
  const what = seen?.change
    ? `${seen.change.op} ${seen.change.entry} ${seen.change.mode ?? ""}, +${seen.change.insertions} -${seen.change.deletions}`
    : seen && `${seen.action} ${seen.artifact_type}`;
  return lines(
    renderFindings([sourced], ink),
    what !== undefined && ink.dim(`        saw: ${place === "" ? `${seen?.target ?? seen?.name ?? ""}: ` : ""}${what}`),
    seen?.line && safe`        ${ink.dim(`${seen.line.line} | `)}${code(seen.line.text)}`,
  );
}

function values({ values: known }: ExplainedJudge, ink: Ink): Showable[] {
  if (known === null || known.length === 0) return [];
  const shown = known.filter(({ value, set_by }) => set_by === "governance" || typeof value === "number");
  const rows = shown.map((value) => [value.name, valueText(value.value), ink.dim(`set by ${value.set_by}`)]);
  const others = known.length - shown.length;
  return [
    ink.dim(`  values in force${others > 0 ? ` (${count(others, "more", "more")} of the pack's own: --json)` : ""}`),
    ...(rows.length > 0 ? [indented(table(["", "", ""], rows), "    ")] : []),
  ];
}
