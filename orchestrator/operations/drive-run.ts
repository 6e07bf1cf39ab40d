/** What every operation that moves a run shares: lock it, gather its means, recover what an earlier driver left, drive. */
import { type Engine, endSurvivors, keepPipesOutOf, resolveEngine } from "../../engines/index.ts";
import { CabincrewError } from "../../schema/index.ts";
import type { DriveOptions } from "../api.ts";
import { clockRemark, presentFor } from "../approval/present.ts";
import type { Crew } from "../crew.ts";
import { removeDirectories, runDirectories } from "../drive/directories.ts";
import type { Flight } from "../drive/flight.ts";
import { lockRun } from "../drive/lock.ts";
import { type DriveGoal, drive } from "../drive/loop.ts";
import { onlooking } from "../drive/onlooker.ts";
import { beginFlightPlan } from "../flight-plan/stage.ts";
import type { Governance } from "../governance/index.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import { readMeans } from "../open/means.ts";
import { engineDirectories, governanceOf } from "../open/spec.ts";
import type { RunRecord } from "../runs/record.ts";
import { END_STATES, type RunState } from "../states/states.ts";

/** Known already when a run was just opened; found again when it is resumed. */
export interface KnownMeans {
  readonly engine: Engine;
  readonly governance: Governance;
}

/** States in which the judges will still be needed. */
const BEFORE_JUDGEMENT: ReadonlySet<RunState> = new Set([
  "INIT",
  "PLAN_RUNNING",
  "ARTIFACTS_VALIDATED",
  "TOKEN_CREATED",
]);

export async function driveRun(
  crew: Crew,
  runId: string,
  goal: DriveGoal,
  options: DriveOptions,
  known?: KnownMeans & { readonly record: RunRecord },
): Promise<RunRecord> {
  const directories = runDirectories(crew.stateDir, runId);
  const lock = lockRun(directories.root, runId);
  let ended = false;
  try {
    const run = known?.record ?? (await reload(crew, runId));
    ended = END_STATES.has(run.state);
    if (ended) return run;
    const flight = await prepare(crew, run, onlooking(options), known);
    const first = known ? [] : await recover(flight, run);
    const after = await drive(flight, run, first, goal);
    ended = END_STATES.has(after.state);
    return after;
  } finally {
    if (ended) removeDirectories(directories);
    lock.release();
  }
}

async function reload(crew: Crew, runId: string): Promise<RunRecord> {
  const run = await crew.store.load(runId);
  if (!run) throw new CabincrewError("not_found", `There is no run ${runId}.`);
  return run;
}

async function prepare(
  crew: Crew,
  run: RunRecord,
  options: DriveOptions,
  known: KnownMeans | undefined,
): Promise<Flight> {
  const { spec } = run;
  await keepPipesOutOf(spec.workspace);
  const engine =
    known?.engine ??
    (await resolveEngine(spec.engine.selection, { cwd: spec.workspace, engineDirs: engineDirectories(crew, spec) }));
  const governance = known?.governance ?? (await governanceOf(crew, spec));
  const judges = () => crew.judges.start(governance, spec.sandbox);
  if (BEFORE_JUDGEMENT.has(run.state)) judges();
  return {
    crew,
    runId: run.run_id,
    engine,
    governance,
    directories: runDirectories(crew.stateDir, run.run_id),
    ...readMeans(spec.permissions, crew.options.environment),
    options,
    before: {},
    judges,
  };
}

/** What an earlier driver left half done: its engine is ended first, so that nothing acts behind our back. */
async function recover(flight: Flight, run: RunRecord): Promise<readonly EventDraft[]> {
  await endSurvivors(flight.directories.process);
  const paused = run.state === "PAUSED";
  const state = paused ? run.before_pause : run.state;
  const events: EventDraft[] = paused ? [draft("run.continued", { by: flight.crew.options.principal })] : [];
  if (state === "PLAN_RUNNING") for await (const event of beginFlightPlan(flight, run)) events.push(event);
  if (state === "TAKEOFF_RUNNING")
    events.push(draft("take_off.interrupted", { by: "the driver ended without recording an outcome" }));
  if (state === "AWAITING_APPROVAL") events.push(...(await expired(flight.crew, run)));
  return events;
}

/** The event that ends a run whose approval request ran out; empty while there is time. */
export async function expired(crew: Crew, run: RunRecord): Promise<readonly EventDraft[]> {
  const { approval } = run;
  if (approval?.status !== "pending") return [];
  const present = await presentFor(crew, run);
  if (present < Date.parse(approval.expires_at)) return [];
  const message = `Nobody approved the plan until ${approval.expires_at}.${clockRemark(crew.now(), present)}`;
  return [
    draft("run.failed", { reason: "approval_expired", message, next: "Run again to make a new request.", detail: {} }),
  ];
}
