import { withCrew } from "../crew.ts";
import { SIGN_OPTIONS, signature } from "../decide-request.ts";
import { usageError } from "../failure.ts";
import { presentRun } from "../present-run.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const resolve = verb({
  usage: "resolve <run>",
  summary: "Say what an interrupted take-off did, after finding out",
  examples: [
    ["cabincrew resolve 01JD5K8Q --applied --comment 'the release is on the server'", "It took effect"],
    ["cabincrew resolve 01JD5K8Q --not-applied", "It did not; plan again if it is still wanted"],
  ],
  positionals: RUN_REF,
  options: {
    applied: { type: "boolean", default: false, describe: "The plan took effect" },
    "not-applied": { type: "boolean", default: false, describe: "The plan did not take effect" },
    ...SIGN_OPTIONS,
  },
  async run(args, screen) {
    if (args.applied === args["not-applied"]) {
      throw usageError(
        "What happened must be said: either --applied or --not-applied.",
        "Find out first; this is recorded as your word.",
      );
    }
    return withCrew(args, async (crew, library) => {
      const outcome = args.applied ? "applied" : "not_applied";
      const report = await library.resolveRun(crew, args.run, { outcome, ...signature(args) });
      return presentRun(report, screen, crew, library);
    });
  },
});
