import type { ReplayedRun, ReplayJudgementsReport } from "../../orchestrator/index.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";
import { count } from "./units.ts";

/** What would have been decided differently; runs of which the same would come are only counted. */
export function renderReplayed(report: ReplayJudgementsReport, ink: Ink): Shown {
  const shown = report.runs.filter((run) => run.different || run.unavailable !== undefined || changed(run));
  const header = ["RUN", "WHEN", "WAS", "WOULD BE", "RULES", "WHAT"].map((name) => ink.dim(name));
  return lines(
    shown.length > 0 &&
      table(
        header,
        shown.map((run) => row(run, ink)),
      ),
    safe`${ink.bold(count(report.different, "run"))} of ${report.judged} since ${report.since} would be decided differently`,
    report.unavailable > 0 && ink.yellow(`${count(report.unavailable, "run")} could not be judged again`),
    report.never_judged > 0 && ink.dim(`${count(report.never_judged, "run")} ended before a plan was judged`),
  );
}

/** The rules behind a difference: `+` appeared, `-` gone. */
export function rulesOf({ appeared, gone, unavailable }: ReplayedRun): string {
  return unavailable ?? [...appeared.map((rule) => `+${rule}`), ...gone.map((rule) => `-${rule}`)].join(", ");
}

function changed({ appeared, gone }: ReplayedRun): boolean {
  return appeared.length + gone.length > 0;
}

function row(run: ReplayedRun, ink: Ink) {
  const would = run.would_be ?? "not known";
  return [
    run.run_id,
    run.created_at,
    run.was,
    run.different ? ink.bold(would) : would,
    rulesOf(run),
    run.title.length > 60 ? `${run.title.slice(0, 60)}…` : run.title,
  ];
}
