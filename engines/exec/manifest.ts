import type { EngineManifest } from "../../schema/index.ts";

/** Manifest of the bundled engine behind `cabincrew run . -- command` (A2). */
export const execManifest: EngineManifest = {
  id: "cabincrew.exec",
  version: "1.0.0",
  description: "Runs any command on a private copy of the workspace; the difference it makes is the plan.",
  modes: ["flight-plan", "take-off", "reconcile"],
  idempotent: true,
  reconcile: true,
  network: "flight-plan",
  secrets: "flight-plan",
  workspace_writes: true,
  input: "stdin",
  config_schema: {
    type: "object",
    additionalProperties: false,
    required: ["command"],
    properties: {
      command: { type: "array", minItems: 1, items: { type: "string" } },
      exclude_ignored: { type: "boolean", description: "Leave out what .gitignore files ignore." },
      sandbox: { enum: ["auto", "required", "off"] },
      private_copy: {
        enum: ["auto", "overlay", "copy"],
        description: "How the private copy is made; a whole directory cannot be renamed by rename(2) in an overlay.",
      },
    },
  },
};
