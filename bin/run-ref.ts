import type { PositionalSet } from "./verb.ts";

/** The run a verb is about. */
export const RUN_REF = {
  run: {
    type: "string",
    demandOption: true,
    describe: "Run id or plan-token, or the first characters of one, 8 or more",
  },
} as const satisfies PositionalSet;
