import type { ApprovalSummary, Crew, RunReport } from "../orchestrator/index.ts";
import type { ExitCode } from "../schema/index.ts";
import type { Library } from "./crew.ts";
import type { FindingFormat } from "./formats/write.ts";
import type { Screen } from "./screen.ts";
import { stateDirectory } from "./surroundings.ts";

/** Lines of the diff that stand beside an approval request or a plan; the whole is one command away. */
const EXCERPT = 40;

/** Shows how a run stands, in the form the user asked for, and returns its exit code; --json prints the report as given. */
export async function presentRun(
  made: RunReport,
  screen: Screen,
  crew: Crew,
  library: Library,
  format?: FindingFormat | undefined,
): Promise<ExitCode> {
  const report = addressed(made, crew);
  if (format && !screen.json) {
    const [{ reportOfRun }, { writeFormat }] = await Promise.all([
      import("./formats/report.ts"),
      import("./formats/write.ts"),
    ]);
    await writeFormat(format, reportOfRun(report), screen);
  }
  if (!screen.quiet) await tellRun(report, screen, crew, library);
  if (screen.json) screen.document(report);
  return report.exit_code;
}

/** The command to approve with, as it works in the next shell: a state directory that was named must be named again. */
function addressed(report: RunReport, crew: Crew): RunReport {
  return report.approval ? { ...report, approval: addressedRequest(report.approval, crew) } : report;
}

/** The same for one request. */
export function addressedRequest<T extends ApprovalSummary>(request: T, crew: Crew): T {
  const { stateDir, environment } = crew.options;
  if (stateDirectory(undefined, environment) === stateDir) return request;
  return { ...request, command: `${request.command} --state-dir ${shellWord(stateDir)}` };
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

async function tellRun(report: RunReport, screen: Screen, crew: Crew, library: Library): Promise<void> {
  const [{ renderRun }, { lines }] = await Promise.all([import("./render/run.ts"), import("./render/shown.ts")]);
  const reviewed = report.state === "AWAITING_APPROVAL" || report.state === "READY_FOR_TAKEOFF";
  if (reviewed && !screen.json && report.changes && report.changes.files > 0) {
    const { excerptOfDiff } = await import("./render/diff.ts");
    const { text, more } = await excerptOfDiff(library.diffRun(crew, report.run_id), screen.err, EXCERPT);
    const all = `cabincrew diff ${report.run_id}`;
    screen.tell(lines(text, screen.err.dim(more ? `… all of it: ${all}` : `(again: ${all})`)));
  }
  screen.tell(renderRun(report, screen.err));
}
