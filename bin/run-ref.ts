import type { PositionalSet } from "./verb.ts";

/** The run a verb is about. */
export const RUN_REF = {
  run: { type: "string", demandOption: true, describe: "Run id, a unique prefix of it, or a token" },
} as const satisfies PositionalSet;
