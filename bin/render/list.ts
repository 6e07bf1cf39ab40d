import type { RunSummary } from "../../orchestrator/index.ts";
import { type Ink, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";

const TITLE_SHOWN = 60;

/** One line a run. */
export function renderList(runs: readonly RunSummary[], ink: Ink): Shown {
  const header = ["RUN", "STATE", "CREATED", "TOKEN", "WHAT"].map((name) => ink.dim(name));
  return table(
    header,
    runs.map((run) => [
      run.run_id,
      stateCell(run, ink),
      run.created_at,
      run.plan_token?.slice(0, 12) ?? "-",
      whatCell(run, ink),
    ]),
  );
}

function whatCell({ title, origin }: RunSummary, ink: Ink): Shown {
  const what = title.length > TITLE_SHOWN ? `${title.slice(0, TITLE_SHOWN)}…` : title;
  return origin ? safe`${ink.dim(`imported from ${origin.ledger}:`)} ${what}` : safe`${what}`;
}

function stateCell(run: RunSummary, ink: Ink): Shown {
  const text = run.reason && run.state !== "AWAITING_APPROVAL" ? `${run.state} ${run.reason}` : run.state;
  if (run.state === "COMPLETED") return ink.green(text);
  return run.state === "FAILED" || run.state === "TAKEOFF_UNKNOWN" ? ink.red(text) : ink.yellow(text);
}
