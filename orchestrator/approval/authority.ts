/** Whose word counts for a run: the authority of its own governance, never one that the person who speaks brings along. */
import { statSync } from "node:fs";
import path from "node:path";
import { CabincrewError, errnoOf, looked } from "../../schema/index.ts";
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
  const { governance_digest: expected, governance_dir: opened, workspace } = run.spec;
  // What ends a run, or says how it ended, must be possible when its workspace is gone; authority never comes from there.
  const needed = decision === "approve" || isDirectory(workspace);
  const governed = { ...(needed && { workspace }), ...(opened && { governance_dir: opened }) };
  const { digest, authority } = await governanceOf(crew, governed);
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

/** A place that cannot be looked at is taken for one that is there: then it is loaded, and the refusal says why. */
function isDirectory(place: string): boolean {
  try {
    return looked(statSync(place)).isDirectory();
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "");
  }
}
