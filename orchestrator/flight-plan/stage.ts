import { type EngineOutcome, launchEngine } from "../../engines/index.ts";
import { CabincrewError, canonicalJson, type ReasonCode } from "../../schema/index.ts";
import { collectAndSeal } from "../artifacts/index.ts";
import { storeLog } from "../close/log.ts";
import { freshDirectories } from "../drive/directories.ts";
import type { Flight, Stage } from "../drive/flight.ts";
import { draft, type RecordedReceipt } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";
import { sealedEvent } from "../seal/event.ts";
import { assertNoSecrets } from "../seal/secrets.ts";
import { describeWorkspaceChange, workspaceState } from "../workspace/state.ts";
import { launchOf } from "./launch-input.ts";

const DEFAULT_ARTIFACTS = 1_000_000;
const DEFAULT_BYTES = 64 * 1024 ** 3;

/** INIT: fixes the workspace's state and records that planning begins; the launch follows once that is durable. */
export const beginFlightPlan: Stage = async function* (flight, run) {
  const { hash } = await workspaceState(flight.crew, run.spec.workspace);
  yield draft("flight_plan.started", { attempt: run.flight_plan_attempts + 1, workspace_hash: hash });
};

/**
 * PLAN_RUNNING: asks the engine for its plan, then seals what it left: from there on artifacts are bytes in the store and
 * no longer files of an engine.
 */
export const flightPlan: Stage = async function* (flight, run) {
  const { directories, crew, governance } = flight;
  freshDirectories(directories.artifacts, directories.output, directories.temp, directories.home);
  const outcome = await launchEngine(launchOf(flight, run, "flight-plan")).catch((error: unknown) =>
    failedPlan(flight, run, error),
  );
  await assertWorkspaceUntouched(flight, run, outcome);
  yield draft("flight_plan.completed", { receipt: recorded(outcome), stop: await stopOf(flight, outcome) });

  await assertNoSecrets(directories.artifacts, flight.secrets);
  const { artifacts = DEFAULT_ARTIFACTS, artifact_bytes: bytes = DEFAULT_BYTES } = governance.limits;
  const sealed = await collectAndSeal(directories.artifacts, outcome.receipt, { artifacts, bytes }, crew.content);
  const list = await crew.content.putBytes(Buffer.from(canonicalJson(sealed)));
  yield sealedEvent(sealed, list.sha256);
};

export async function stopOf(flight: Flight, outcome: EngineOutcome) {
  const sandbox = outcome.sandbox === "bubblewrap" || heldByItself(flight, outcome) ? "bubblewrap" : "none";
  const log = await storeLog(flight);
  return { exit_code: outcome.exitCode, duration_ms: Math.round(outcome.durationMs), sandbox, ...log } as const;
}

export function recorded(outcome: EngineOutcome): RecordedReceipt {
  const { artifacts: _, ...receipt } = outcome.receipt;
  return receipt;
}

/** What ends a launch by the engine's own doing. What the machine lacks is not among it. */
export const ENGINE_FAULTS: ReadonlySet<ReasonCode> = new Set([
  "engine_failed",
  "engine_limit",
  "engine_timeout",
  "receipt_invalid",
]);

/** What is known of a launch that bears on whether it could have written into the workspace. */
interface Held {
  readonly sandbox: EngineOutcome["sandbox"];
  readonly receipt: Pick<EngineOutcome["receipt"], "diagnostics">;
}

/** Without a sandbox around the launch, detection takes its place (DESIGN section 7): the workspace must be as it was. */
async function assertWorkspaceUntouched(flight: Flight, run: RunRecord, held: Held, failed = ""): Promise<void> {
  if (held.sandbox === "bubblewrap" || heldByItself(flight, held)) return;
  const after = await workspaceState(flight.crew, run.spec.workspace);
  if (after.hash === run.workspace_hash) return;
  throw new CabincrewError(
    "flight_plan_mutated_workspace",
    `The workspace changed while engine ${flight.engine.id} was only asked to plan${describeWorkspaceChange(after)}.${failed}`,
    {
      next: "If something else wrote there, run again. If not, restore the workspace and do not use this engine without a sandbox.",
    },
  );
}

/** An engine that fails has not thereby left the workspace alone; and where another one wrote there, that may be why it failed. */
async function failedPlan(flight: Flight, run: RunRecord, error: unknown): Promise<never> {
  if (error instanceof CabincrewError && ENGINE_FAULTS.has(error.code)) {
    const { sandbox = "none", receipt = {} } = error.detail as Partial<Held>;
    await assertWorkspaceUntouched(flight, run, { sandbox, receipt }, ` ${error.message}`);
  }
  throw error;
}

/** Only bundled engines are believed when they report a sandbox of their own; only they are launched without one. */
function heldByItself(flight: Flight, outcome: Held): boolean {
  const { diagnostics } = outcome.receipt;
  const reported =
    typeof diagnostics === "object" && diagnostics !== null && "sandbox" in diagnostics ? diagnostics.sandbox : null;
  return flight.engine.sandboxesItself && reported === "bubblewrap";
}
