import { withCrew } from "../crew.ts";
import { presentRun } from "../present-run.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const cancel = verb({
  usage: "cancel <run>",
  summary: "End a run that has not taken off; its plan can never be used",
  examples: [["cabincrew cancel 01JD5K8Q --comment 'superseded'", "The comment is recorded"]],
  positionals: RUN_REF,
  options: { comment: { type: "string", requiresArg: true, describe: "Why; recorded" } },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const options = args.comment === undefined ? {} : { comment: args.comment };
      const report = await library.cancelRun(crew, args.run, options);
      return presentRun(report, screen, crew, library);
    }),
});
