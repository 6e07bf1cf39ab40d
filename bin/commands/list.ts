import type { RunSummary } from "../../orchestrator/index.ts";
import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { pageOf, pageOptions, tellOlder } from "../page.ts";
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
    ...pageOptions(30),
    state: { choices: STATE_NAMES, requiresArg: true, describe: "Only runs in this state" },
  },
  async run(args, screen) {
    const page = pageOf(args);
    const { state } = args;
    const present = (runs: readonly RunSummary[]) => {
      if (screen.json) screen.document({ runs });
      else if (runs.length > 0) screen.result(renderList(runs, screen.out));
      else screen.tell("No runs.");
      tellOlder(screen, runs, page, "cabincrew list");
      return EXIT.ok;
    };
    const filter = { ...page, ...(state === undefined ? {} : { state }) };
    return withCrew(args, async (crew, library) => present(await library.listRuns(crew, filter)), {
      nothingYet: () => present([]),
    });
  },
});
