import path from "node:path";
import type { DecideRequest } from "../orchestrator/index.ts";
import type { OptionSet, PositionalSet, Values } from "./verb.ts";

/** Flags of a person's act that may be signed. */
export const SIGN_OPTIONS = {
  comment: { type: "string", requiresArg: true, describe: "Why; recorded with the decision" },
  key: {
    type: "string",
    requiresArg: true,
    describe: "Your private key file, where an authority file is in force (else the only one that `key list` lists)",
  },
  role: { type: "string", requiresArg: true, describe: "Role to act in, when you hold several" },
} as const satisfies OptionSet;

/** Flags of `approve` and `reject`. */
export const DECIDE_OPTIONS = {
  ...SIGN_OPTIONS,
  run: { type: "string", requiresArg: true, describe: "The run, when several pending runs share the token" },
} as const satisfies OptionSet;

export const DECIDE_POSITIONALS = {
  ref: {
    type: "string",
    demandOption: true,
    describe: "Plan-token or run id, or the first characters of one, 8 or more",
  },
} as const satisfies PositionalSet;

type SignValues = Values<typeof SIGN_OPTIONS>;

export function decideRequest(
  args: Values<typeof DECIDE_OPTIONS & typeof DECIDE_POSITIONALS>,
  decision: DecideRequest["decision"],
): DecideRequest {
  return { ref: args.ref, decision, ...(args.run === undefined ? {} : { run: args.run }), ...signature(args) };
}

/** Comment, key file (absolute) and role, where they were given. */
export function signature(args: SignValues): Pick<DecideRequest, "comment" | "keyFile" | "role"> {
  return {
    ...(args.comment === undefined ? {} : { comment: args.comment }),
    ...(args.key === undefined ? {} : { keyFile: path.resolve(args.key) }),
    ...(args.role === undefined ? {} : { role: args.role }),
  };
}
