import { withCrew } from "../crew.ts";
import { driven } from "../drive.ts";
import { presentRun } from "../present-run.ts";
import { RUN_REF } from "../run-ref.ts";
import { DRIVE_OPTIONS, FORMAT_OPTIONS, verb } from "../verb.ts";

export const retry = verb({
  usage: "retry <run>",
  summary: "Make the request of a failed or cancelled run again: a new run, recorded as its retry",
  examples: [
    ["cabincrew retry 01JD5K8Q", "It is planned, judged and approved anew; a plan itself is never used twice"],
  ],
  positionals: RUN_REF,
  options: { ...DRIVE_OPTIONS, ...FORMAT_OPTIONS },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const report = await driven(screen, (drive) => library.retryRun(crew, args.run, drive));
      return presentRun(report, screen, crew, library, args.format);
    }),
});
