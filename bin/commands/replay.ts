import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { renderReplay } from "../render/verification.ts";
import { RUN_REF } from "../run-ref.ts";
import { onInterruption } from "../signals.ts";
import { verb } from "../verb.ts";

export const replay = verb({
  usage: "replay <run>",
  summary: "Rebuild a run from the ledger alone and compare",
  examples: [
    ["cabincrew replay 01JD5K8Q", "Fold its events again; nothing is executed"],
    ["cabincrew replay 01JD5K8Q --execute", "Run flight-plan again as well, and compare the tokens"],
  ],
  positionals: RUN_REF,
  options: {
    execute: { type: "boolean", default: false, describe: "Run flight-plan again and compare; never takes off" },
  },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const { signal, stop } = onInterruption(() => undefined);
      const report = await library.replayRun(crew, args.run, { execute: args.execute, signal }).finally(stop);
      const exit_code = report.ok ? EXIT.ok : EXIT.integrity;
      if (screen.json) screen.document({ ...report, exit_code });
      else screen.result(renderReplay(report, screen.out));
      return exit_code;
    }),
});
