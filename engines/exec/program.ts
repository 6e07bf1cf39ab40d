/** The bundled engine `cabincrew.exec`: any command on a private copy of the workspace (A2). Speaks only the protocol. */
import { execManifest } from "./manifest.ts";
import { flightPlan } from "./plan.ts";
import { serve } from "./protocol/serve.ts";
import { reconcile } from "./take-off/reconcile.ts";
import { takeOff } from "./take-off/take-off.ts";

const modes = { "flight-plan": flightPlan, "take-off": takeOff, reconcile };
serve(modes, { argv: process.argv.slice(2), env: process.env, engineId: execManifest.id }).then((code) => {
  process.exitCode = code;
});
