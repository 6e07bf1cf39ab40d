import { withCrew } from "../crew.ts";
import { DECIDE_OPTIONS, DECIDE_POSITIONALS, decideRequest } from "../decide-request.ts";
import { renderDecided } from "../render/approvals.ts";
import { verb } from "../verb.ts";

export const reject = verb({
  usage: "reject <ref>",
  summary: "Reject a plan; its run ends and nothing takes effect",
  examples: [["cabincrew reject 3f9c2a71 --comment 'touches the billing code'", "The comment is recorded and shown"]],
  positionals: DECIDE_POSITIONALS,
  options: DECIDE_OPTIONS,
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const decided = await library.decideApproval(crew, decideRequest(args, "reject"));
      if (screen.json) screen.document(decided);
      screen.tell(renderDecided(decided, screen.err));
      return decided.exit_code;
    }),
});
