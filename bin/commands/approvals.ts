import type { PendingApproval } from "../../orchestrator/index.ts";
import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { pageOf, pageOptions, tellOlder } from "../page.ts";
import { addressedRequest } from "../present-run.ts";
import { renderPending } from "../render/approvals.ts";
import { verb } from "../verb.ts";

export const approvals = verb({
  usage: "approvals",
  summary: "List what waits for a person: why, who may approve, until when",
  examples: [["cabincrew approvals", "What waits, newest first"]],
  options: pageOptions(100),
  async run(args, screen) {
    const page = pageOf(args);
    const present = (pending: readonly PendingApproval[]) => {
      if (screen.json) screen.document({ approvals: pending });
      else if (pending.length > 0) screen.result(renderPending(pending, screen.out));
      else screen.tell("Nothing waits for approval.");
      tellOlder(screen, pending, page, "cabincrew approvals");
      return EXIT.ok;
    };
    return withCrew(
      args,
      async (crew, library) =>
        present((await library.listApprovals(crew, page)).map((request) => addressedRequest(request, crew))),
      { nothingYet: () => present([]) },
    );
  },
});
