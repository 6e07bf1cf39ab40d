/**
 * `replay --execute`: asks the engine for its plan once more, through the very code that made the recorded one, in scratch
 * directories, and compares. Nothing is appended to the ledger and nothing is stored.
 */
import path from "node:path";
import { resolveEngine } from "../../engines/index.ts";
import { CabincrewError, interruptionOf, removeTree, toCabincrewError } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { Crew } from "../crew.ts";
import { runDirectories } from "../drive/directories.ts";
import type { Flight } from "../drive/flight.ts";
import { flightPlan } from "../flight-plan/stage.ts";
import { planOf } from "../integrity/plan.ts";
import { readMeans } from "../open/means.ts";
import { engineDirectories, governanceOf } from "../open/spec.ts";
import { applyEvent } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import { workspaceState } from "../workspace/state.ts";
import { artifactDifferences } from "./compare.ts";
import { hashOnlyStore } from "./hash-only-store.ts";

/** Why the plan made now is another one than the recorded; empty when it is the same, byte for byte. */
export async function executeAgain(
  crew: Crew,
  run: RunRecord,
  planned: readonly SealedArtifact[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (run.token === null || run.workspace_hash === null)
    throw new CabincrewError(
      "state_conflict",
      `Run ${run.run_id} has no plan (${run.state}) that could be made again.`,
      {
        next: "Leave --execute out, or start it anew with `cabincrew retry`.",
        detail: { run_id: run.run_id, state: run.state },
      },
    );
  try {
    const { hash } = await workspaceState(crew, run.spec.workspace);
    if (hash !== run.workspace_hash)
      return [
        `workspace_changed: the workspace ${run.spec.workspace} is ${hash} now, the plan was made on ${run.workspace_hash}.`,
      ];
    return await planAgain(crew, run, planned, signal);
  } catch (thrown) {
    if (signal?.aborted)
      throw interruptionOf(signal, `The replay of run ${run.run_id}`, {
        next: "Nothing was recorded; start it again.",
      });
    const error = toCabincrewError(thrown, "internal", "Planning again");
    return [`${error.code}: ${error.message}`];
  }
}

async function planAgain(
  crew: Crew,
  run: RunRecord,
  planned: readonly SealedArtifact[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const { spec } = run;
  const differences: string[] = [];
  const engine = await resolveEngine(spec.engine.selection, {
    cwd: spec.workspace,
    engineDirs: engineDirectories(crew, spec),
  });
  if (engine.digest !== spec.engine.digest)
    differences.push(
      `engine_changed: the engine ${engine.id} is ${engine.digest} now, the plan was made by ${spec.engine.digest}.`,
    );
  const governance = await governanceOf(crew, spec);
  if (governance.digest !== spec.governance_digest)
    differences.push(
      `governance_changed: governance is ${governance.digest} now, the plan was made under ${spec.governance_digest}.`,
    );
  const content = hashOnlyStore(crew.content);
  const directories = runDirectories(crew.stateDir, `replay-${crew.newId()}`);
  const flight: Flight = {
    crew: { ...crew, content },
    runId: run.run_id,
    engine,
    governance,
    directories,
    ...readMeans(spec.permissions, crew.options.environment),
    options: signal ? { signal } : {},
    before: {},
    judges: () => {
      throw new Error("A replay judges nothing.");
    },
  };
  try {
    const again = await sealAgain(flight, atPlanning(run));
    differences.push(...artifactDifferences(planned, again));
    const { token } = planOf(run, again);
    if (token !== run.token)
      differences.push(`The plan made now gives plan-token ${token}, recorded was ${run.token}.`);
  } finally {
    removeTree(path.resolve(directories.root));
  }
  return differences;
}

/** The record as it was when the recorded plan was asked for: no token yet, no receipt. */
function atPlanning(run: RunRecord): RunRecord {
  return { ...run, state: "PLAN_RUNNING", token: null, plan: null, plan_receipt: null, artifacts: null };
}

async function sealAgain(flight: Flight, start: RunRecord): Promise<readonly SealedArtifact[]> {
  let run = start;
  for await (const event of flightPlan(flight, run))
    run = applyEvent(run, event, { run_id: run.run_id, seq: 0, at: run.updated_at });
  return run.artifacts ? readSealed(flight.crew.content, run.artifacts.list_sha256) : [];
}
