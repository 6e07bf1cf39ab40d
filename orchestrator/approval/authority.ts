/** Whose word counts for a run: the authority of its own governance, never one that the person who speaks brings along. */
import path from "node:path";
import { CabincrewError } from "../../schema/index.ts";
import type { Authority } from "../authority/index.ts";
import type { Crew } from "../crew.ts";
import { governanceOf } from "../open/spec.ts";
import type { RunRecord } from "../runs/record.ts";

/**
 * Undefined where no authority file is in force. Throws governance_changed when an approval would be for a plan that was judged
 * under other rules, and for any word given under a governance directory that is not the run's.
 */
export async function authorityFor(
  crew: Crew,
  run: RunRecord,
  decision?: "approve" | "reject",
): Promise<Authority | undefined> {
  const { digest, authority } = await governanceOf(crew, run.spec);
  const { governance_digest: expected, governance_dir: opened } = run.spec;
  const named = crew.options.governanceDir;
  const elsewhere = named !== undefined && path.resolve(named) !== opened;
  if (digest === expected || (decision !== "approve" && !elsewhere)) return authority;
  throw new CabincrewError(
    "governance_changed",
    `Run ${run.run_id} was judged under another governance than the one in force now.`,
    {
      next: elsewhere
        ? `Leave --governance out, or name the one of the run${opened ? `: ${opened}` : ""}.`
        : "Judge the plan under the governance of today: run again.",
      detail: { expected, actual: digest },
    },
  );
}
