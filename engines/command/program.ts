/** The bundled engine `cabincrew.command`: a plan command and an apply command (A4). Speaks only the protocol. */
import { type Modes, serve } from "../exec/protocol/serve.ts";
import { commandManifest } from "./manifest.ts";

// Each launch is a process of its own that needs one of them, and each of them loads a good deal of Node.
const modes: Modes = {
  "flight-plan": async (invocation) => (await import("./plan.ts")).flightPlan(invocation),
  "take-off": async (invocation) => (await import("./take-off.ts")).takeOff(invocation),
  reconcile: async (invocation) => (await import("./reconcile.ts")).reconcile(invocation),
};
serve(modes, { argv: process.argv.slice(2), env: process.env, engineId: commandManifest.id }).then((code) => {
  process.exitCode = code;
});
