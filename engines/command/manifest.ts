import type { EngineManifest } from "../../schema/index.ts";

const command = {
  anyOf: [
    { type: "string", minLength: 1 },
    { type: "array", minItems: 1, items: { type: "string" } },
  ],
};

/** Manifest of the bundled engine that wraps a plan command and an apply command (A4). */
export const commandManifest: EngineManifest = {
  id: "cabincrew.command",
  version: "1.0.0",
  description: "Wraps a plan command and an apply command; what was planned is what is applied.",
  modes: ["flight-plan", "take-off", "reconcile"],
  idempotent: false,
  reconcile: true,
  network: "both",
  secrets: "both",
  workspace_writes: true,
  input: "stdin",
  config_schema: {
    type: "object",
    additionalProperties: false,
    required: ["plan", "apply"],
    properties: {
      plan: { ...command, description: "Runs in a private copy of the workspace." },
      apply: { ...command, description: "Runs in the workspace, with the sealed plan files in {plan_dir}." },
      check: { ...command, description: "Says whether the plan was applied: exit 0 yes, 1 no, anything else unknown." },
      plan_files: {
        type: "array",
        items: { type: "string", minLength: 1 },
        description: "Paths or globs of what the plan command makes, relative to the workspace or to {plan_dir}.",
      },
      cwd: { type: "string", description: "Working directory, relative to the workspace." },
      idempotent: { type: "boolean", description: "Applying the same plan twice has the effect of once." },
      sandbox: { enum: ["auto", "required", "off"] },
      private_copy: { enum: ["auto", "overlay", "copy"] },
    },
  },
};
