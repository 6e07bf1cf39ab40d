import type { ReplayReport, VerifyReport } from "../../orchestrator/index.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { count, duration } from "./units.ts";

/** Findings shown; --json has all. */
const ROWS = 100;

/** What was checked, what was found, and the head to note down. */
export function renderVerification(report: VerifyReport, ink: Ink): Shown {
  const verdict = report.ok ? ink.green(ink.bold("intact")) : ink.red(ink.bold("not intact"));
  const more = report.findings.length - ROWS;
  return lines(
    safe`${verdict}  ${count(report.events, "event")} of ${count(report.runs, "run")} in ${duration(report.duration_ms)}`,
    safe`  ${ink.bold("checked")}   ${report.checked.join(", ")}`,
    ...report.findings
      .slice(0, ROWS)
      .map((finding) => safe`  ${ink.red(finding.code)}  ${ink.bold(finding.where)}  ${finding.message}`),
    more > 0 && ink.dim(`  … and ${more} more; --json lists all of them`),
    report.head && safe`  ${ink.bold("head")}      #${report.head.seq} ${report.head.hash}`,
    report.head &&
      ink.dim("            keep it elsewhere; `verify --expect-head` proves later that nothing before it was cut off"),
    !report.ok &&
      safe`  ${ink.bold("next")}      Do not continue; keep the files and compare them with a backup or an exported head.`,
  );
}

/** Whether the ledger alone rebuilds the run, and whether planning again gives the same token. */
export function renderReplay(report: ReplayReport, ink: Ink): Shown {
  const verdict = report.ok ? ink.green(ink.bold("same")) : ink.red(ink.bold("different"));
  return lines(
    safe`${verdict}  run ${report.run_id}, ${count(report.events, "event")}, ${report.executed ? "flight-plan executed again" : "rebuilt from the ledger"}`,
    safe`  ${ink.bold("state")}     ${report.state}`,
    report.plan_token !== null && safe`  ${ink.bold("token")}     ${report.plan_token}`,
    ...(report.not_compared ?? []).map((what) => safe`  ${ink.bold("left out")}  ${what}`),
    ...report.differences.map((difference) => safe`  ${ink.red("differs")}   ${difference}`),
  );
}
