import { CabincrewError } from "../../schema/index.ts";
import type { ReplayReport } from "../api.ts";
import type { Crew } from "../crew.ts";
import { importedOnly, readingOf } from "../imports/index.ts";
import { runIdOf } from "../integrity/scope.ts";
import type { StoredEntry } from "../store/port.ts";
import { rehydrate } from "./rehydrate.ts";

export interface ReplayOptions {
  /** Also run flight-plan again and compare artifacts and plan-token. */
  readonly execute?: boolean;
  /** Ends an execution, with everything it started; then nothing is compared. */
  readonly signal?: AbortSignal;
}

/**
 * Replays a run from ledger and store alone; what is not as recorded becomes a difference. Throws usage, not_found and
 * ambiguous for the reference, and what SQLite itself cannot read. With `execute` an engine runs; nothing is recorded; then it
 * throws state_conflict for a run that never had a plan, and interrupted or terminated.
 */
export async function replayRun(crew: Crew, ref: string, options: ReplayOptions = {}): Promise<ReplayReport> {
  const reading = await readingOf(crew, ref);
  const { origin } = reading;
  const runId = await runIdOf(reading.store, ref);
  if (origin && options.execute) throw importedOnly(runId);
  const entries: StoredEntry[] = [];
  for await (const stored of reading.store.entries({ runId })) entries.push(stored);
  const damage: string[] = [];
  const projected = await reading.store.load(runId).catch((error: unknown) => {
    if (!(error instanceof CabincrewError) || error.code !== "ledger_corrupt") throw error;
    damage.push(error.message);
    return undefined;
  });
  const { run, planned, differences } = await rehydrate(entries, projected, reading.content, {
    bodies: origin?.contents ?? true,
  });
  const all = [...damage, ...differences];
  const executed = options.execute === true && run !== undefined && all.length === 0;
  if (executed && run) {
    const { executeAgain } = await import("./execute.ts");
    all.push(...(await executeAgain(crew, run, planned, options.signal)));
  }
  return {
    run_id: runId,
    ok: all.length === 0,
    state: run?.state ?? "INIT",
    plan_token: run?.token ?? null,
    events: entries.length,
    executed,
    differences: all,
    ...(origin?.contents === false ? { not_compared: ["contents, which the export came without"] } : {}),
  };
}
