import { withCrew } from "../crew.ts";
import { driven } from "../drive.ts";
import { presentRun } from "../present-run.ts";
import { RUN_REF } from "../run-ref.ts";
import { DRIVE_OPTIONS, FORMAT_OPTIONS, verb } from "../verb.ts";

export const retry = verb({
  usage: "retry <run>",
  summary: "Try again, explicitly and recorded: a take-off that may be repeated, or a failed run's request",
  examples: [["cabincrew retry 01JD5", "A new attempt of the same plan, or a new run of the same request"]],
  positionals: RUN_REF,
  options: { ...DRIVE_OPTIONS, ...FORMAT_OPTIONS },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const report = await driven(screen, (drive) => library.retryRun(crew, args.run, drive));
      return presentRun(report, screen, crew, library, args.format);
    }),
});
