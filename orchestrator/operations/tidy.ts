/** What a driver that was killed between the end of a run and its own left of it; the ledger and the store hold all that counts. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { endSurvivors, sweepPipeNames } from "../../engines/index.ts";
import { CabincrewError } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { removeDirectories, runDirectories } from "../drive/directories.ts";
import { lockRun } from "../drive/lock.ts";
import { END_STATES } from "../states/states.ts";

/** Removes the directories of a run that has ended, and ends what still lives of its engine; nothing where there is nothing. */
export async function tidyEnded(crew: Crew, runId: string): Promise<void> {
  const directories = runDirectories(crew.stateDir, runId);
  if (!existsSync(directories.root)) return;
  try {
    const lock = lockRun(directories.root, runId);
    try {
      await endSurvivors(directories.process);
      removeDirectories(directories);
    } finally {
      lock.release();
    }
  } catch (error) {
    // Its driver is only just leaving, and does this itself.
    if (!(error instanceof CabincrewError) || error.code !== "busy") throw error;
  }
}

/** The same for every run of the ledger that has ended. */
export async function tidyAllEnded(crew: Crew): Promise<void> {
  sweepPipeNames();
  const directory = path.join(crew.stateDir, "runs");
  const open = new Set(await crew.store.open());
  for (const runId of existsSync(directory) ? readdirSync(directory) : []) {
    if (open.has(runId)) continue;
    const run = await crew.store.load(runId);
    // One that was opened since is not ours to touch, nor is what belongs to no run of this ledger.
    if (run && END_STATES.has(run.state)) await tidyEnded(crew, runId);
  }
}
