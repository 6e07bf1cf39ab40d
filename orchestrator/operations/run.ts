/** Operations that begin or continue a run. */
import { assertProgram } from "../../engines/index.ts";
import { CabincrewError } from "../../schema/index.ts";
import type { DriveOptions, RunReport, RunRequest } from "../api.ts";
import { type Crew, timestamp } from "../crew.ts";
import { onlooking } from "../drive/onlooker.ts";
import { draft } from "../ledger/event.ts";
import { readMeans } from "../open/means.ts";
import { openRun } from "../open/spec.ts";
import type { RunRecord } from "../runs/record.ts";
import { assertRequestTellsNone } from "../seal/secrets.ts";
import { END_STATES, WAITING_STATES } from "../states/states.ts";
import { sweepTemporaries } from "../temporary/index.ts";
import { driveRun, expired } from "./drive-run.ts";
import { reportOf } from "./report.ts";
import { findRun } from "./resolve-ref.ts";
import { tidyAllEnded, tidyEnded } from "./tidy.ts";

/** `run` and `plan`: opens a run and drives it as far as it goes. Throws before anything is recorded for a bad request. */
export async function startRun(crew: Crew, request: RunRequest, options: DriveOptions = {}): Promise<RunReport> {
  return open(crew, request, options, null);
}

async function open(
  crew: Crew,
  request: RunRequest,
  options: DriveOptions,
  retryOf: string | null,
): Promise<RunReport> {
  const began = performance.now();
  const { spec, engine, governance } = await openRun(crew, request, retryOf);
  const { environment, secrets } = readMeans(spec.permissions, crew.options.environment);
  const [program] = spec.command ?? [];
  if (program !== undefined) assertProgram(program, spec.workspace, { ...environment, ...secrets }["PATH"]);
  assertRequestTellsNone(spec, secrets);
  const runId = crew.newId();
  const record = await crew.store.append({
    runId,
    expectedVersion: 0,
    events: [draft("run.opened", { spec, requester: crew.options.principal })],
    at: timestamp(crew),
  });
  const watched = onlooking(options);
  watched.observe?.({ kind: "state", run_id: runId, state: "INIT", at: record.created_at });
  const run = await driveRun(crew, runId, { takeOff: !spec.plan_only }, watched, { engine, governance, record });
  return reportOf(run, performance.now() - began);
}

/** Continues a run from its last durable step. An ended run reports its end again; one that waits says so. */
export async function resumeRun(crew: Crew, ref: string, options: DriveOptions = {}): Promise<RunReport> {
  const began = performance.now();
  sweepTemporaries(crew.stateDir, crew.now());
  const found = await findRun(crew, ref);
  const ended = END_STATES.has(found.state);
  if (ended) await tidyEnded(crew, found.run_id);
  const run = ended ? found : await driveRun(crew, found.run_id, { takeOff: true }, options);
  return reportOf(run, performance.now() - began);
}

/**
 * Continues every run that can go on by itself; runs that were only planned, that a person paused or that wait for an approval
 * in time are left alone. One that cannot be continued now is reported as it stands, with why, and does not keep the others
 * from going on.
 */
export async function resumeAll(crew: Crew, options: DriveOptions = {}): Promise<readonly RunReport[]> {
  const reports: RunReport[] = [];
  sweepTemporaries(crew.stateDir, crew.now());
  await tidyAllEnded(crew);
  for (const runId of await crew.store.open()) {
    const run = await crew.store.load(runId);
    if (!run || run.state === "PAUSED" || (run.spec.plan_only && run.state === "PREFLIGHT_COMPLETE")) continue;
    if (run.state === "AWAITING_APPROVAL" && (await expired(crew, run)).length === 0) continue;
    const began = performance.now();
    const goal = { takeOff: !run.spec.plan_only || run.state === "APPROVED" };
    const report = await driveRun(crew, runId, goal, options).then(
      (after) => reportOf(after, performance.now() - began),
      async (error: unknown) => hinderedReport((await crew.store.load(runId)) ?? run, error, performance.now() - began),
    );
    reports.push(report);
  }
  return reports;
}

/** A run as it stands and what kept it from going on. What concerns more than this run is thrown again. */
function hinderedReport(run: RunRecord, error: unknown, durationMs: number): RunReport {
  const concernsAll = ["interrupted", "terminated", "ledger_corrupt", "disk_full", "resources_exhausted", "internal"];
  if (!(error instanceof CabincrewError) || concernsAll.includes(error.code)) throw error;
  const { code: reason, message, next, exitCode: exit_code } = error;
  return { ...reportOf(run, durationMs), reason, message, next, exit_code };
}

/** The newest run that has not ended: what `resume` without an argument means. */
export async function latestResumable(crew: Crew): Promise<string | undefined> {
  return (await crew.store.open()).at(-1);
}

/** An explicit new attempt: a new run of an ended run's request, recorded as its retry. A plan itself is never used twice. */
export async function retryRun(crew: Crew, ref: string, options: DriveOptions = {}): Promise<RunReport> {
  const run = await findRun(crew, ref);
  if (run.state !== "FAILED" && run.state !== "CANCELLED") {
    const next =
      WAITING_STATES.has(run.state) || !END_STATES.has(run.state)
        ? `Use: cabincrew resume ${run.run_id}`
        : "Start a new run instead.";
    throw new CabincrewError(
      "state_conflict",
      `Run ${run.run_id} is ${run.state}; only a failed or cancelled run can be retried.`,
      {
        next:
          run.state === "TAKEOFF_UNKNOWN"
            ? `Say what happened first: cabincrew resolve ${run.run_id} --applied | --not-applied`
            : next,
      },
    );
  }
  await tidyEnded(crew, run.run_id);
  return open(governedAs(crew, run), requestOf(run), options, run.run_id);
}

/** What was judged under a directory named explicitly is not judged again under a milder default because nobody named it. */
function governedAs(crew: Crew, { spec }: RunRecord): Crew {
  const { governance_dir: governanceDir } = spec;
  if (crew.options.governanceDir !== undefined || governanceDir === undefined) return crew;
  return { ...crew, options: { ...crew.options, governanceDir } };
}

function requestOf(run: RunRecord): RunRequest {
  const { spec } = run;
  const { command: _command, sandbox: _sandbox, exclude_ignored, ...config } = spec.config;
  return {
    workspace: spec.workspace,
    engine: spec.command ? { command: spec.command } : { name: spec.engine.selection },
    config: spec.command ? config : spec.config,
    permissions: spec.permissions,
    sandbox: spec.sandbox,
    timeoutSeconds: spec.timeout_seconds,
    ...(spec.command && exclude_ignored === true ? { excludeIgnored: true } : {}),
    planOnly: spec.plan_only,
  };
}
