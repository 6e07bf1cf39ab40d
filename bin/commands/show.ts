import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { renderDetail } from "../render/detail.ts";
import { RUN_REF } from "../run-ref.ts";
import { FORMAT_OPTIONS, verb } from "../verb.ts";

export const show = verb({
  usage: "show <run>",
  summary: "Show a run: state, findings, artifacts, approvals, permissions, timeline",
  examples: [
    ["cabincrew show 01JD5K8Q", "Everything about one run"],
    ["cabincrew show 3f9c2a71 --format markdown", "Its findings, for a pull request"],
  ],
  positionals: RUN_REF,
  options: FORMAT_OPTIONS,
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const detail = await library.showRun(crew, args.run);
      if (screen.json) screen.document(detail);
      else if (args.format) {
        const [{ reportOfRun }, { writeFormat }] = await Promise.all([
          import("../formats/report.ts"),
          import("../formats/write.ts"),
        ]);
        await writeFormat(args.format, reportOfRun(detail.report), screen);
      } else screen.result(renderDetail(detail, screen.out));
      return EXIT.ok;
    }),
});
