import path from "node:path";
import { EXIT } from "../../../schema/index.ts";
import { withCrew } from "../../crew.ts";
import { renderReplayed } from "../../render/replayed-judgements.ts";
import { verb } from "../../verb.ts";

export const replay = verb({
  usage: "replay",
  summary: "Judge recorded plans with changed policies and show what would have been decided differently",
  examples: [
    [
      "cabincrew policy replay --since 7d --governance ../new",
      "A changed governance directory against a week of plans",
    ],
    ["cabincrew policy replay --since 2026-01-31 --pack ./pack", "One changed pack; all else as it was recorded"],
  ],
  options: {
    since: {
      type: "string",
      demandOption: true,
      requiresArg: true,
      describe: "A day or time (RFC 3339), a duration back from now (90m, 24h, 7d), or a run",
    },
    pack: { type: "string", requiresArg: true, describe: "Directory of one changed policy or model pack" },
    "fail-on-difference": { type: "boolean", default: false, describe: "Exit 1 where a decision would differ" },
    format: { choices: ["markdown"], requiresArg: true, describe: "Print a table for a pull request" },
  },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const report = await library.replayJudgements(crew, {
        since: args.since,
        ...(args.pack === undefined ? {} : { packDir: path.resolve(args.pack) }),
      });
      const exit_code = args["fail-on-difference"] && report.different > 0 ? EXIT.failed : EXIT.ok;
      if (screen.json) screen.document({ ...report, exit_code });
      else if (args.format) {
        const { renderReplayMarkdown } = await import("../../formats/replay-markdown.ts");
        screen.formatted(renderReplayMarkdown(report));
      } else screen.result(renderReplayed(report, screen.out));
      return exit_code;
    }),
});
