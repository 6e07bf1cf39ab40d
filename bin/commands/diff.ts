import { EXIT } from "../../schema/index.ts";
import { collectText } from "../collect-text.ts";
import { withCrew } from "../crew.ts";
import { renderDiff } from "../render/diff.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const diff = verb({
  usage: "diff <run>",
  summary: "Show what a plan changes, as a unified diff",
  examples: [
    ["cabincrew diff 3f9c2a71", "By token or by run; what hides or controls a terminal is made visible"],
    ["cabincrew diff 01JD5K8Q --json", "The bytes of the diff as one JSON string"],
  ],
  positionals: RUN_REF,
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const chunks = library.diffRun(crew, args.run);
      if (screen.json) {
        screen.document({ run: args.run, diff: await collectText(chunks) });
        return EXIT.ok;
      }
      for await (const line of renderDiff(chunks, screen.out)) screen.part(line);
      return EXIT.ok;
    }),
});
