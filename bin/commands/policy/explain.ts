import { EXIT } from "../../../schema/index.ts";
import { withCrew } from "../../crew.ts";
import { renderExplanation } from "../../render/explain.ts";
import { RUN_REF } from "../../run-ref.ts";
import { verb } from "../../verb.ts";

export const explain = verb({
  usage: "explain <run>",
  summary: "Explain a judgement: what each rule and model saw, what matched, which values were in force",
  examples: [
    ["cabincrew policy explain 01JD5K8Q", "Why the plan was decided as it was"],
    ["cabincrew policy explain 01JD5K8Q --input > plan.json", "The document it was judged by"],
  ],
  positionals: RUN_REF,
  options: {
    input: { type: "boolean", default: false, describe: "Print the preflight document that policies saw as `input`" },
  },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      if (args.input) screen.document(await library.preflightInputOf(crew, args.run));
      else {
        const report = await library.explainRun(crew, args.run);
        if (screen.json) screen.document(report);
        else screen.result(renderExplanation(report, screen.out));
      }
      return EXIT.ok;
    }),
});
