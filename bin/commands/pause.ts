import { withCrew } from "../crew.ts";
import { presentRun } from "../present-run.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const pause = verb({
  usage: "pause <run>",
  summary: "Hold a run before take-off until `resume`",
  examples: [["cabincrew pause 01JD5K8Q", "Nothing takes effect until `cabincrew resume 01JD5K8Q`"]],
  positionals: RUN_REF,
  run: (args, screen) =>
    withCrew(args, async (crew, library) => presentRun(await library.pauseRun(crew, args.run), screen, crew, library)),
});
