import { EXIT } from "../../schema/index.ts";
import { collectText } from "../collect-text.ts";
import { withCrew } from "../crew.ts";
import { renderLog } from "../render/diff.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const logs = verb({
  usage: "logs <run>",
  summary: "Show what a run's engine wrote to its log",
  examples: [
    ["cabincrew logs 01JD5K8Q", "Of all its launches"],
    ["cabincrew logs 01JD5K8Q --mode take-off", "Of its take-off alone"],
  ],
  positionals: RUN_REF,
  options: {
    mode: { choices: ["flight-plan", "take-off"], requiresArg: true, describe: "Only this launch" },
  },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const chunks = library.readLog(crew, args.run, args.mode === undefined ? {} : { mode: args.mode });
      if (screen.json) {
        screen.document({ run: args.run, log: await collectText(chunks) });
        return EXIT.ok;
      }
      for await (const line of renderLog(chunks)) screen.part(line);
      return EXIT.ok;
    }),
});
