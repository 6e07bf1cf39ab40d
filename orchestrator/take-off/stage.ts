import { launchEngine, neverStarted } from "../../engines/index.ts";
import { canonicalJson, toCabincrewError } from "../../schema/index.ts";
import { freshDirectories } from "../drive/directories.ts";
import type { Stage } from "../drive/flight.ts";
import { launchOf } from "../flight-plan/launch-input.ts";
import { recorded, stopOf } from "../flight-plan/stage.ts";
import { draft } from "../ledger/event.ts";
import { measureOutcome } from "../post-flight/measure.ts";
import { sealOutputs } from "./outputs.ts";

/**
 * TAKEOFF_RUNNING: the claim is durable, the sealed copy verified; now the one launch that has effects. When the driver dies
 * in here nobody knows what happened, and the run says so (DESIGN section 6).
 */
export const takeOff: Stage = async function* (flight, run) {
  const { directories } = flight;
  // Nobody asks them again: what comes of a take-off is judged by judges of its own.
  if (flight.options.last) void flight.crew.judges.close();
  try {
    freshDirectories(directories.output, directories.temp, directories.home);
  } catch (error) {
    throw neverStarted(toCabincrewError(error, "internal", "Preparing take-off"));
  }
  const outcome = await launchEngine(launchOf(flight, run, "take-off"));
  const stop = await stopOf(flight, outcome);
  const outputs = await sealOutputs(flight, outcome.receipt);
  const outputs_sha256 =
    outputs.length > 0 ? (await flight.crew.content.putBytes(Buffer.from(canonicalJson(outputs)))).sha256 : null;
  const measured = await measureOutcome(flight, run, outcome.receipt, outputs);
  yield draft("take_off.completed", { receipt: recorded(outcome), stop, outputs_sha256, outcome: measured });
};
