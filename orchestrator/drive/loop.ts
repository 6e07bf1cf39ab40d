/**
 * The run loop (DESIGN section 1): the state names exactly one stage; the stage says what happened; the events are appended
 * at the version they were made for; again, until a state that waits or ends. Stages without an effect outside the store
 * share one commit; what precedes an engine's launch is durable before the launch.
 */
import { CabincrewError, interruptionOf, type ReasonCode, toCabincrewError } from "../../schema/index.ts";
import type { RunObservation } from "../api.ts";
import { storeLog } from "../close/log.ts";
import { timestamp } from "../crew.ts";
import { beginFlightPlan, flightPlan } from "../flight-plan/stage.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import { postFlight, postFlightJudges } from "../post-flight/stage.ts";
import { preflight } from "../preflight/stage.ts";
import { applyEvent } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import { END_STATES, type RunState, WAITING_STATES } from "../states/states.ts";
import { findOut } from "../take-off/recover.ts";
import { takeOff } from "../take-off/stage.ts";
import { createToken } from "../token/stage.ts";
import { verifyPlan } from "../verify/stage.ts";
import { toldOf } from "./failure.ts";
import type { Flight, Stage } from "./flight.ts";
import { lockWorkspace, type RunLock } from "./lock.ts";

interface Step {
  readonly stage: Stage;
  /** It launches an engine: everything before must be durable first, and its outcome at once. */
  readonly effect: boolean;
  /** No other run may take off in the workspace from here until this drive ends. */
  readonly alone?: true;
}

const STEPS: { readonly [State in RunState]?: Step } = {
  INIT: { stage: beginFlightPlan, effect: false },
  PLAN_RUNNING: { stage: flightPlan, effect: true },
  ARTIFACTS_VALIDATED: { stage: createToken, effect: false },
  TOKEN_CREATED: { stage: preflight, effect: false },
  PREFLIGHT_COMPLETE: { stage: verifyPlan, effect: false, alone: true },
  APPROVED: { stage: verifyPlan, effect: false, alone: true },
  TAKEOFF_RUNNING: { stage: takeOff, effect: true, alone: true },
  TAKEOFF_UNKNOWN: { stage: findOut, effect: true, alone: true },
  EXECUTION_COMPLETE: { stage: postFlight, effect: false },
};

/** Reasons that lie outside the plan: the run stays where it was and can be resumed once the cause is gone. */
const RESUMABLE: ReadonlySet<ReasonCode> = new Set([
  "interrupted",
  "terminated",
  "busy",
  "disk_full",
  "resources_exhausted",
  "state_unusable",
  "secret_missing",
  "sandbox_unavailable",
]);

/** States that people and programs act upon: they hear of one only once a crash can no longer take it back. */
const DURABLE_FIRST: ReadonlySet<RunState> = new Set([...WAITING_STATES, ...END_STATES, "TAKEOFF_RUNNING"]);

export interface DriveGoal {
  /** False: stop where take-off would be next (`plan`, or `resume --all` over runs that were only planned). */
  readonly takeOff: boolean;
}

/** Drives a run as far as it goes. Resolves to its record; rejects only with resumable reasons and `ledger_corrupt`. */
export async function drive(
  flight: Flight,
  start: RunRecord,
  first: readonly EventDraft[],
  goal: DriveGoal,
): Promise<RunRecord> {
  const journal = new Journal(flight, start, first);
  let workspace: RunLock | undefined;
  try {
    for (;;) {
      const { run } = journal;
      // A take-off that is over and not recorded yet is recorded first: whoever interrupts now did not interrupt it.
      if (!journal.holdsTakeOff) flight.options.signal?.throwIfAborted();
      const step = stops(run, goal) ? undefined : STEPS[run.state];
      if (!step) break;
      if (step.alone) workspace ??= await lockWorkspaceOf(flight, run);
      if (step.effect) await journal.flush();
      const before = journal.run.version;
      for await (const event of step.stage(flight, journal.run)) journal.record(event);
      // What a take-off came to and the end of the run are one commit, unless judges are asked between them.
      const last = journal.run.state === "EXECUTION_COMPLETE" && !postFlightJudges(flight.governance);
      if (step.effect && !last) await journal.flush();
      if (journal.run.version === before || journal.run.state === "TAKEOFF_UNKNOWN") break;
    }
    await journal.flush();
  } catch (thrown) {
    return await settle(journal, thrown);
  } finally {
    workspace?.release();
  }
  return journal.run;
}

function lockWorkspaceOf({ crew, runId, options }: Flight, run: RunRecord): Promise<RunLock> {
  return lockWorkspace(crew.stateDir, run.spec.workspace, runId, options.signal);
}

function stops(run: RunRecord, goal: DriveGoal): boolean {
  return (
    END_STATES.has(run.state) || (!goal.takeOff && (run.state === "PREFLIGHT_COMPLETE" || run.state === "APPROVED"))
  );
}

/** What was thrown becomes the run's end, unless the run can go on later. */
async function settle(journal: Journal, thrown: unknown): Promise<RunRecord> {
  const { runId } = journal.flight;
  const error = causeOf(thrown, journal.flight);
  const { state, take_off_attempts } = journal.durable;
  if (error.code === "interrupted" || error.code === "terminated") {
    // Nothing pending is kept: what was not durable did not happen, and resume does it again.
    await journal.restart();
    if (state === "TAKEOFF_RUNNING") journal.record(draft("take_off.interrupted", { by: error.code }));
    else if (!END_STATES.has(state)) journal.record(draft("run.interrupted", { signal: error.code }));
    await journal.flush();
    throw error;
  }
  // An unknown outcome is never turned into a failure by what went wrong while finding it out.
  // The claim is used up, but the engine of the one attempt never ran: that is known now, and would not be after this process.
  const idle = state === "TAKEOFF_RUNNING" && take_off_attempts === 1 && error.detail["started"] === false;
  if ((RESUMABLE.has(error.code) && !idle) || state === "TAKEOFF_UNKNOWN") throw error;
  if (error.code === "plan_used") journal.withdrawClaim();
  journal.record(
    draft("run.failed", {
      reason: error.code,
      ...toldOf(error, state === "TAKEOFF_RUNNING" ? (idle ? "idle" : "under way") : "planning", runId),
      detail: plain(error.detail),
      ...(await logOfFailedLaunch(journal.flight)),
    }),
  );
  await journal.flush();
  return journal.run;
}

/** A launch that failed left its log where the next one would write; how the run ends must not depend on keeping it. */
async function logOfFailedLaunch(flight: Flight): Promise<{ log_sha256?: string }> {
  try {
    const { log_sha256 } = await storeLog(flight);
    return log_sha256 === null ? {} : { log_sha256 };
  } catch {
    return {};
  }
}

function causeOf(thrown: unknown, flight: Flight): CabincrewError {
  const { signal } = flight.options;
  if (signal?.aborted && !(thrown instanceof CabincrewError && thrown.code === "ledger_corrupt")) {
    return interruptionOf(signal, `Run ${flight.runId}`, {
      next: `Continue with: cabincrew resume ${flight.runId}`,
      detail: { run_id: flight.runId },
    });
  }
  return toCabincrewError(thrown, "internal", `Driving run ${flight.runId}`);
}

function plain(detail: Readonly<Record<string, unknown>>) {
  return JSON.parse(JSON.stringify(detail)) as Record<string, never>;
}

/** Events that happened and are not durable yet, and the record as it is with them. */
class Journal {
  readonly flight: Flight;
  run: RunRecord;
  durable: RunRecord;
  private pending: EventDraft[] = [];
  /** Observations kept back until what they tell is durable, in order. */
  private held: RunObservation[] = [];

  constructor(flight: Flight, start: RunRecord, first: readonly EventDraft[]) {
    this.flight = flight;
    this.durable = start;
    this.run = start;
    for (const event of first) this.record(event);
  }

  record(event: EventDraft): void {
    const { crew, runId } = this.flight;
    const at = timestamp(crew);
    const before = this.run.state;
    this.run = applyEvent(this.run, event, { run_id: runId, seq: 0, at });
    this.pending.push(event);
    if (event.type === "policy.evaluated" || event.type === "post_flight.evaluated")
      this.tell({ kind: "evaluation", run_id: runId, evaluation: event.data.evaluation });
    if (this.run.state !== before) this.tell({ kind: "state", run_id: runId, state: this.run.state, at });
  }

  /** Whether what a take-off came to still waits to be durable. */
  get holdsTakeOff(): boolean {
    return this.pending.some((event) => event.type === "take_off.completed");
  }

  async restart(): Promise<void> {
    this.pending = [];
    this.held = [];
    this.run = this.durable;
  }

  /** Takes back the claim that the store refused; whatever else happened is still to be recorded. */
  withdrawClaim(): void {
    this.pending = this.pending.filter((event) => event.type !== "take_off.started");
    this.held = [];
    const place = { run_id: this.flight.runId, seq: 0, at: timestamp(this.flight.crew) };
    this.run = this.pending.reduce((run, event) => applyEvent(run, event, place), this.durable);
  }

  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const { crew, runId } = this.flight;
    this.run = await crew.store.append({
      runId,
      expectedVersion: this.durable.version,
      events: this.pending,
      at: timestamp(crew),
    });
    this.durable = this.run;
    this.pending = [];
    for (const observation of this.held.splice(0)) this.flight.options.observe?.(observation);
  }

  private tell(observation: RunObservation): void {
    const waits = observation.kind === "state" && DURABLE_FIRST.has(observation.state);
    if (waits || this.held.length > 0) this.held.push(observation);
    else this.flight.options.observe?.(observation);
  }
}
