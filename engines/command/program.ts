/** The bundled engine `cabincrew.command`: a plan command and an apply command (A4). Speaks only the protocol. */
import { serve } from "../exec/protocol/serve.ts";
import { commandManifest } from "./manifest.ts";
import { flightPlan } from "./plan.ts";
import { reconcile } from "./reconcile.ts";
import { takeOff } from "./take-off.ts";

const modes = { "flight-plan": flightPlan, "take-off": takeOff, reconcile };
serve(modes, { argv: process.argv.slice(2), env: process.env, engineId: commandManifest.id }).then((code) => {
  process.exitCode = code;
});
