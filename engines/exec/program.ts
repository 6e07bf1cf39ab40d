/** The bundled engine `cabincrew.exec`: any command on a private copy of the workspace (A2). Speaks only the protocol. */
import { execManifest } from "./manifest.ts";
import { type Modes, serve } from "./protocol/serve.ts";

// Each launch is a process of its own that needs one of them, and each of them loads a good deal of Node.
const modes: Modes = {
  "flight-plan": async (invocation) => (await import("./plan.ts")).flightPlan(invocation),
  "take-off": async (invocation) => (await import("./take-off/take-off.ts")).takeOff(invocation),
  reconcile: async (invocation) => (await import("./take-off/reconcile.ts")).reconcile(invocation),
};
serve(modes, { argv: process.argv.slice(2), env: process.env, engineId: execManifest.id }).then((code) => {
  process.exitCode = code;
});
