import type { DecideReport, PendingApproval } from "../../orchestrator/index.ts";
import { renderApproval, renderChanges } from "./run.ts";
import { type Ink, indented, lines, type Shown, safe } from "./shown.ts";
import { stageOf } from "./stages.ts";

/** Reasons shown for one request in a list; `show` has all. */
const REASONS_SHOWN = 5;

/** What a person decided, and what to do next. */
export function renderDecided(report: DecideReport, ink: Ink, continues = false): Shown {
  const act = report.decision === "approve" ? ink.green(ink.bold("approved")) : ink.red(ink.bold("rejected"));
  const proven = report.approver.proven ? "" : ink.dim(" (identity not proven)");
  const missing = report.missing.map((gate) => `${gate.needed - gate.have} more with role ${gate.role}`).join(", ");
  return lines(
    safe`${act}  run ${report.run_id}  by ${report.approver.id}${proven}`,
    safe`  ${ink.bold("token")}     ${report.plan_token}`,
    safe`  ${ink.bold("state")}     ${stageOf(report.state)}`,
    missing !== "" && safe`  ${ink.bold("missing")}   ${missing}`,
    !continues && report.decision === "approve" && missing === "" && next(report, ink),
  );
}

/** Every pending request: what, why, who may approve, until when, the command. */
export function renderPending(pending: readonly PendingApproval[], ink: Ink): Shown {
  return lines(...pending.flatMap((request, index) => (index > 0 ? ["", one(request, ink)] : [one(request, ink)])));
}

function one(request: PendingApproval, ink: Ink): Shown {
  const more = request.reasons.length - REASONS_SHOWN;
  return lines(
    safe`${ink.bold(request.title)}  run ${request.run_id}`,
    safe`  requested by ${request.requester.id} at ${request.requested_at}`,
    ...request.reasons.slice(0, REASONS_SHOWN).map((reason) => safe`  ${ink.magenta("why")}       ${reason}`),
    more > 0 && ink.dim(`            … and ${more} more: cabincrew show ${request.run_id}`),
    request.changes &&
      safe`  ${ink.bold("changes")}   ${renderChanges(request.changes, ink)}  ${ink.dim(`cabincrew diff ${request.run_id}`)}`,
    safe`  ${ink.bold("token")}     ${request.plan_token}`,
    indented(renderApproval(request, ink), "  "),
  );
}

function next(report: DecideReport, ink: Ink): Shown {
  return safe`  ${ink.bold("next")}      cabincrew resume ${report.run_id}`;
}
