import type { ReplayJudgementsReport } from "../../orchestrator/index.ts";
import { rulesOf } from "../render/replayed-judgements.ts";
import { escaped, table } from "./markdown.ts";

/** Rows shown; a comment on GitHub holds 65,536 characters. */
const ROWS = 100;
const CELL = 300;

/** A replay for a pull request that changes policies: the runs that would be decided differently, and how many were looked at. */
export function renderReplayMarkdown(report: ReplayJudgementsReport): string {
  const shown = report.runs.filter((run) => run.different || run.unavailable !== undefined);
  const cut = (text: string) => (text.length <= CELL ? text : `${text.slice(0, CELL)}…`);
  const rows = shown
    .slice(0, ROWS)
    .map((run) => [run.run_id, run.was, run.would_be ?? "not known", cut(rulesOf(run)), cut(run.title)].map(escaped));
  return [
    `### cabincrew policy replay: ${report.different} of ${report.judged} runs would be decided differently`,
    "",
    `Since ${escaped(report.since)}; ${report.unavailable} could not be judged again, ${report.never_judged} ended before a plan was judged.`,
    "",
    ...table(["Run", "Was", "Would be", "Rules", "What"], rows),
    ...(shown.length > ROWS ? [`… and ${shown.length - ROWS} more.`, ""] : []),
  ].join("\n");
}
