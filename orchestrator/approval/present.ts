/**
 * The time at which an end is judged (AUTH-19, GOV-19): what a person or a waiver granted until then must not begin to hold again
 * because a clock was set back.
 */
import { CabincrewError } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import type { RunRecord } from "../runs/record.ts";

/** Milliseconds since the epoch: the clock's, or the latest that the ledger is known to have recorded since the run was opened. */
export async function presentFor(crew: Crew, run: RunRecord): Promise<number> {
  const recorded = (await crew.store.latestTime(run.opened_seq)) ?? run.updated_at;
  const [seen, updated] = [Date.parse(recorded), Date.parse(run.updated_at)];
  if (Number.isNaN(seen) || Number.isNaN(updated))
    throw new CabincrewError("ledger_corrupt", `The ledger is damaged: an entry since run ${run.run_id} has no time.`);
  return Math.max(crew.now(), seen, updated);
}

/** Says so where it is not the clock that is past an end; empty where it is. Both in milliseconds since the epoch. */
export function clockRemark(clock: number, present: number): string {
  if (clock >= present) return "";
  const [late, early] = [new Date(present).toISOString(), new Date(clock).toISOString()];
  return ` The clock says ${early}, but the ledger recorded ${late} already.`;
}
