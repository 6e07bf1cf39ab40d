import type { ApprovalSummary, ChangeSummary, RunReport } from "../../orchestrator/index.ts";
import type { ExitCode } from "../../schema/index.ts";
import { decisionWord, findingsOf, renderFindings } from "./findings.ts";
import { type Ink, indented, lines, type Shown, safe } from "./shown.ts";
import { ENDED, stageOf } from "./stages.ts";
import { count, duration } from "./units.ts";

/** What happened to a run, why, and what to do next. */
export function renderRun(report: RunReport, ink: Ink): Shown {
  const findings = findingsOf(report.evaluations);
  const next = nextOf(report);
  return lines(
    headline(report, ink),
    report.message !== null && safe`  ${report.message}${report.reason ? ink.dim(` [${report.reason}]`) : ""}`,
    report.decision !== null &&
      safe`  ${ink.bold("decision")}  ${decisionWord(report.decision, ink)}${judges(report, ink)}`,
    findings.length > 0 && indented(renderFindings(findings, ink), "    "),
    report.changes && safe`  ${ink.bold("changes")}   ${renderChanges(report.changes, ink)}`,
    report.plan_token !== null && safe`  ${ink.bold("token")}     ${report.plan_token}`,
    report.approval && indented(renderApproval(report.approval, ink), "  "),
    next !== undefined && safe`  ${ink.bold("next")}      ${next}`,
  );
}

/** The report's own advice, else what is possible in its state. */
function nextOf(report: RunReport): string | undefined {
  if (report.next !== null) return report.next;
  if (report.state === "AWAITING_APPROVAL")
    return `review it: cabincrew diff ${report.run_id}; then approve or reject it`;
  if (report.state === "TAKEOFF_UNKNOWN")
    return `find out, then: cabincrew resolve ${report.run_id} --applied or --not-applied`;
  return ENDED.has(report.state) ? undefined : `cabincrew resume ${report.run_id}`;
}

export function renderChanges(changes: ChangeSummary, ink: Ink): Shown {
  if (changes.files === 0) return safe`none`;
  return safe`${count(changes.files, "file")}, ${ink.green(`+${changes.insertions}`)} ${ink.red(`-${changes.deletions}`)}`;
}

/** Who may approve, how many are missing, until when, and the command they type. */
export function renderApproval(approval: ApprovalSummary, ink: Ink): Shown {
  const { approved_by: approvers } = approval;
  return lines(
    safe`${ink.bold("approval")}  ${count(approval.needed, "person", "people")} with role ${ink.cyan(approval.required_role)}, until ${approval.expires_at}`,
    approvers.length > 0 && safe`          so far: ${approvers.join(", ")}`,
    safe`          ${ink.cyan(approval.command)}`,
  );
}

function headline(report: RunReport, ink: Ink): Shown {
  const colour = colourOf(report.exit_code, ink);
  return safe`${colour(ink.bold(stageOf(report.state)))}  run ${report.run_id}  ${ink.dim(`in ${duration(report.duration_ms)}`)}`;
}

function colourOf(code: ExitCode, ink: Ink): Ink["green"] {
  if (code === 0) return ink.green;
  return code === 3 || code >= 130 ? ink.yellow : ink.red;
}

/** Who decided it: those who said what was decided; of a yes that is everybody. */
function judges(report: RunReport, ink: Ink): Shown {
  const deciding = report.evaluations.filter(({ decision }) => decision === report.decision);
  const names = deciding.map((evaluation) => evaluation.policy_id);
  if (names.length === 0) return safe``;
  return ink.dim(`  by ${names.slice(0, 6).join(", ")}${names.length > 6 ? `, … (${names.length})` : ""}`);
}
