/**
 * PREFLIGHT_COMPLETE or APPROVED: measures again everything the token binds, from the bytes as they are now, and only then
 * lets the run take off (row A12). Guards in DESIGN section 4's order; the first that fails ends the run.
 */
import { realpathSync } from "node:fs";
import { resolveEngine } from "../../engines/index.ts";
import { CabincrewError, whyOf } from "../../schema/index.ts";
import { presentFor } from "../approval/present.ts";
import { assertApproved } from "../approval/verify.ts";
import { materialiseArtifacts } from "../artifacts/index.ts";
import type { ContentSource } from "../content/index.ts";
import type { Flight, Stage } from "../drive/flight.ts";
import { draft } from "../ledger/event.ts";
import { assertMode, engineDirectories, governanceOf, inputDigest } from "../open/spec.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import { planDocument, planToken } from "../token/document.ts";
import { assertWaiversHold } from "../waivers/index.ts";
import { describeWorkspaceChange, type WorkspaceState, workspaceState } from "../workspace/state.ts";

export const verifyPlan: Stage = async function* (planned, run) {
  const flight = await measuredNow(planned, run);
  assertGovernance(flight, run);
  assertEngine(flight, run);
  assertMode(flight.engine, "take-off");
  const present = await presentFor(flight.crew, run);
  assertApproved(flight, run, present);
  assertWaiversHold(run.evaluations, present);
  const { hash, tree } = await sameWorkspace(flight, run);
  planned.before.tree = tree;
  await sealedCopy(flight, run, hash);
  const { token } = run;
  if (!token) throw new CabincrewError("internal", "A run without a plan-token cannot take off.");
  yield draft("token.verified", { token, workspace_hash: hash, governance_digest: flight.governance.digest });
  yield draft("take_off.started", { token, attempt: 1 });
};

/** Governance and engine as they are on disk now: planning and judging may have taken hours, in this very process. */
async function measuredNow(flight: Flight, { spec }: RunRecord): Promise<Flight> {
  const { crew } = flight;
  const governance = await governanceOf(crew, spec).catch((error: unknown) => {
    throw gone("governance_changed", "The governance that judged this plan no longer loads", error);
  });
  const where = { cwd: spec.workspace, engineDirs: engineDirectories(crew, spec) };
  const engine = await resolveEngine(spec.engine.selection, where).catch((error: unknown) => {
    throw gone("engine_changed", `The engine ${spec.engine.id} that made this plan cannot be used any more`, error);
  });
  return { ...flight, governance, engine };
}

function gone(code: "governance_changed" | "engine_changed", what: string, error: unknown): CabincrewError {
  return new CabincrewError(code, `${what}: ${whyOf(error)}`, {
    cause: error,
  });
}

/** Writes the fresh read-only copy that the engine will read, and proves that it still gives the token. */
export async function sealedCopy(flight: Flight, run: RunRecord, workspaceHash: string): Promise<void> {
  if (!run.artifacts) throw new CabincrewError("internal", "A run without sealed artifacts cannot take off.");
  assertPlace(run);
  const { content } = flight.crew;
  const artifacts = await readSealed(content, run.artifacts.list_sha256);
  await materialiseArtifacts(artifacts, content, flight.directories.sealed);
  const { spec } = run;
  const { token } = planToken(
    planDocument({
      spec,
      engineDigest: flight.engine.digest,
      workspaceHash,
      governanceDigest: flight.governance.digest,
      inputDigest: inputDigest(spec.config, spec.permissions, spec.sandbox),
      artifacts,
    }),
  );
  if (token !== run.token) {
    throw new CabincrewError("token_mismatch", "The sealed plan no longer gives the plan-token that was judged.", {
      detail: { expected: run.token, actual: token },
    });
  }
  await assertStoredPlan(content, token);
}

/** What people and tools read as the plan is the document that the store keeps under the token. */
async function assertStoredPlan(content: Pick<ContentSource, "has" | "verify">, token: string): Promise<void> {
  try {
    await content.verify(token);
  } catch (error) {
    if (!(error instanceof CabincrewError && error.code === "ledger_corrupt" && (await content.has(token))))
      throw error;
    throw new CabincrewError(
      "token_mismatch",
      "The stored plan document is no longer the one that the plan-token names.",
      {
        detail: { expected: token },
        cause: error,
      },
    );
  }
}

/** The path of a workspace was free of links when the run was opened: one that has become a link leads to another place. */
function assertPlace({ spec: { workspace } }: RunRecord): void {
  let place: string;
  try {
    place = realpathSync.native(workspace);
  } catch {
    return; // What cannot be reached is refused, by its own reason, where it is measured.
  }
  if (place === workspace) return;
  throw new CabincrewError(
    "workspace_changed",
    `The workspace ${workspace} is another place now: it leads to ${place}.`,
    {
      next: "Put the directory back, or plan again on the other one.",
      detail: { expected: workspace, actual: place },
    },
  );
}

export function assertGovernance(flight: Flight, run: RunRecord): void {
  const { digest } = flight.governance;
  if (digest === run.spec.governance_digest) return;
  throw new CabincrewError("governance_changed", "The governance in force is not the one that judged this plan.", {
    detail: { expected: run.spec.governance_digest, actual: digest },
  });
}

export function assertEngine(flight: Flight, run: RunRecord): void {
  const { digest } = flight.engine;
  if (digest === run.spec.engine.digest) return;
  throw new CabincrewError("engine_changed", `The engine ${run.spec.engine.id} is not the one that made this plan.`, {
    detail: { expected: run.spec.engine.digest, actual: digest },
  });
}

async function sameWorkspace(flight: Flight, run: RunRecord): Promise<WorkspaceState> {
  const state = await workspaceState(flight.crew, run.spec.workspace);
  if (state.hash === run.workspace_hash) return state;
  throw new CabincrewError(
    "workspace_changed",
    `The workspace is not as it was planned on${describeWorkspaceChange(state)}.`,
    {
      detail: { expected: run.workspace_hash, actual: state.hash },
    },
  );
}
