import type { RunSummary } from "../../orchestrator/index.ts";
import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { usageError } from "../failure.ts";
import { renderList } from "../render/list.ts";
import { STATE_NAMES } from "../render/stages.ts";
import { verb } from "../verb.ts";

export const list = verb({
  usage: "list",
  summary: "List runs, newest first",
  examples: [
    ["cabincrew list", "The newest runs"],
    ["cabincrew list --state AWAITING_APPROVAL --limit 5", "Some of those in one state"],
  ],
  options: {
    limit: { type: "number", default: 30, requiresArg: true, describe: "At most this many" },
    state: { choices: STATE_NAMES, requiresArg: true, describe: "Only runs in this state" },
    before: { type: "string", requiresArg: true, describe: "Only runs older than this run id, for the next page" },
  },
  async run(args, screen) {
    const { limit, state, before } = args;
    if (!Number.isInteger(limit) || limit < 1) throw usageError("--limit needs a whole number above 0.");
    const present = (runs: readonly RunSummary[]) => {
      if (screen.json) screen.document({ runs });
      else if (runs.length > 0) screen.result(renderList(runs, screen.out));
      else screen.tell("No runs.");
      const last = runs.at(-1);
      if (runs.length === limit && last)
        screen.tell(screen.err.dim(`older ones: cabincrew list --before ${last.run_id}`));
      return EXIT.ok;
    };
    const filter = { limit, ...(state === undefined ? {} : { state }), ...(before === undefined ? {} : { before }) };
    return withCrew(args, async (crew, library) => present(await library.listRuns(crew, filter)), {
      nothingYet: () => present([]),
    });
  },
});
