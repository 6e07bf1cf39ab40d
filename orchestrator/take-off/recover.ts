/**
 * What a driver does with a run whose take-off another driver began (DESIGN section 6): never assume, never repeat silently.
 * The run leaves TAKEOFF_UNKNOWN only by evidence: an engine whose take-off is idempotent, or one that can reconcile.
 */
import { launchEngine } from "../../engines/index.ts";
import { CabincrewError, type Receipt } from "../../schema/index.ts";
import { presentFor } from "../approval/present.ts";
import { assertApproved } from "../approval/verify.ts";
import { freshDirectories } from "../drive/directories.ts";
import type { Flight, Stage } from "../drive/flight.ts";
import { launchOf } from "../flight-plan/launch-input.ts";
import { ENGINE_FAULTS } from "../flight-plan/stage.ts";
import { draft, type EventDraft } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { assertEngine, assertGovernance, sealedCopy } from "../verify/stage.ts";

/** TAKEOFF_UNKNOWN, on resume: finds out what can be found out; yields nothing when only a person can tell. */
export const findOut: Stage = async function* (flight, run) {
  assertEngine(flight, run);
  const { idempotent, reconcile } = run.spec.engine;
  if (reconcile) {
    await sealedCopy(flight, run, knownWorkspace(run));
    const { outcome, evidence } = await askEngine(flight, run);
    if (outcome === "applied") yield draft("take_off.resolved", { outcome, evidence, vote: null });
    else if (outcome === "not_applied" || idempotent) yield* secondAttempt(flight, run, `reconcile: ${outcome}`);
    else yield draft("take_off.reconciled", { outcome, evidence });
  } else if (idempotent) {
    yield* secondAttempt(flight, run, "the engine declares its take-off idempotent");
  }
};

/** With the same token, governance and approval; the workspace may hold part of the effect, so the plan's own state counts. */
async function* secondAttempt(flight: Flight, run: RunRecord, evidence: string): AsyncIterable<EventDraft> {
  assertGovernance(flight, run);
  assertApproved(flight, run, await presentFor(flight.crew, run));
  await sealedCopy(flight, run, knownWorkspace(run));
  if (!run.token) throw new CabincrewError("internal", "A run without a plan-token cannot take off again.");
  yield draft("take_off.retried", { token: run.token, attempt: run.take_off_attempts + 1, evidence });
}

function knownWorkspace(run: RunRecord): string {
  if (!run.workspace_hash)
    throw new CabincrewError("internal", "A run without a workspace hash cannot have taken off.");
  return run.workspace_hash;
}

type Outcome = "applied" | "not_applied" | "partial" | "unknown";

/** The engine's word about the interrupted take-off; `unknown` where it has none or fails at it, with what went wrong as evidence. */
async function askEngine(flight: Flight, run: RunRecord): Promise<{ outcome: Outcome; evidence: string }> {
  freshDirectories(flight.directories.output, flight.directories.temp, flight.directories.home);
  let receipt: Receipt;
  try {
    receipt = (await launchEngine(launchOf(flight, run, "reconcile"))).receipt;
  } catch (error) {
    if (!(error instanceof CabincrewError && ENGINE_FAULTS.has(error.code)) || error.detail["started"] === false)
      throw error;
    return { outcome: "unknown", evidence: error.message.replace(/\.$/, "") };
  }
  const reported =
    typeof receipt.diagnostics === "object" && receipt.diagnostics !== null && "outcome" in receipt.diagnostics
      ? receipt.diagnostics.outcome
      : undefined;
  const outcome = (["applied", "not_applied", "partial"] as const).find((each) => each === reported) ?? "unknown";
  return { outcome, evidence: `engine ${flight.engine.id}, receipt ${receipt.receipt_id}` };
}
