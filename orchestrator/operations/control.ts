/** Operations by which a person steers a run: cancel, pause, resolve. Each is one recorded act. */
import { endSurvivors } from "../../engines/index.ts";
import { CabincrewError } from "../../schema/index.ts";
import type { RunReport } from "../api.ts";
import { authorityFor } from "../approval/authority.ts";
import { castVote } from "../approval/cast.ts";
import { assertResolution } from "../approval/votes.ts";
import { type Crew, timestamp } from "../crew.ts";
import { removeDirectories, runDirectories } from "../drive/directories.ts";
import { lockRun } from "../drive/lock.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { END_STATES } from "../states/states.ts";
import { nextState } from "../states/table.ts";
import { reportOf } from "./report.ts";
import { findRun } from "./resolve-ref.ts";

export async function cancelRun(crew: Crew, ref: string, options: { comment?: string } = {}): Promise<RunReport> {
  const by = crew.options.principal;
  return act(crew, ref, () => [draft("run.cancelled", { by, comment: options.comment ?? null })]);
}

export async function pauseRun(crew: Crew, ref: string): Promise<RunReport> {
  return act(crew, ref, () => [draft("run.paused", { by: crew.options.principal })]);
}

export interface ResolveOptions {
  readonly outcome: "applied" | "not_applied";
  readonly comment?: string;
  readonly keyFile?: string;
  readonly role?: string;
}

/** A person's word about an interrupted take-off, signed like an approval where an authority file is in force. */
export async function resolveRun(crew: Crew, ref: string, options: ResolveOptions): Promise<RunReport> {
  return act(crew, ref, async (run) => {
    const authority = await authorityFor(crew, run);
    const decision = options.outcome === "applied" ? "resolve-applied" : "resolve-not-applied";
    const vote = castVote(crew, authority, run, { ...options, decision });
    assertResolution(authority, run, vote, timestamp(crew));
    const evidence = `${vote.approver.id} says so${options.comment ? `: ${options.comment}` : ""}`;
    // The lock is ours, so whoever began the take-off is gone: that is recorded first, as resume would.
    const by = "the driver ended without recording an outcome";
    const interrupted = run.state === "TAKEOFF_RUNNING" ? [draft("take_off.interrupted", { by })] : [];
    const resolved = [...interrupted, draft("take_off.resolved", { outcome: options.outcome, evidence, vote })];
    if (options.outcome === "applied") return [...resolved, draft("run.completed", { summary: evidence })];
    const message = `Take-off was interrupted and nothing took effect; ${evidence}.`;
    const next = `Plan again, or: cabincrew retry ${run.run_id}`;
    return [...resolved, draft("run.failed", { reason: "takeoff_failed", message, next, detail: {} })];
  });
}

async function act(
  crew: Crew,
  ref: string,
  eventsOf: (run: RunRecord) => readonly EventDraft[] | Promise<readonly EventDraft[]>,
): Promise<RunReport> {
  const began = performance.now();
  const found = await findRun(crew, ref);
  const directories = runDirectories(crew.stateDir, found.run_id);
  const lock = lockRun(directories.root, found.run_id);
  let ended = false;
  try {
    // With the lock held nobody drives the run: whatever its engine left running belongs to nobody.
    await endSurvivors(directories.process);
    const run = (await crew.store.load(found.run_id)) ?? found;
    ended = END_STATES.has(run.state);
    const events = await eventsOf(run);
    const [first] = events;
    if (!first || !nextState(run.state, first.type, run.before_pause)) {
      throw new CabincrewError(
        "state_conflict",
        `Run ${run.run_id} is ${run.state}; this command does not apply to it.`,
        {
          next: `See what is possible now: cabincrew show ${run.run_id}`,
          detail: { run_id: run.run_id, state: run.state },
        },
      );
    }
    const after = await crew.store.append({
      runId: run.run_id,
      expectedVersion: run.version,
      events,
      at: timestamp(crew),
    });
    ended = END_STATES.has(after.state);
    return reportOf(after, performance.now() - began);
  } finally {
    if (ended) removeDirectories(directories);
    lock.release();
  }
}
