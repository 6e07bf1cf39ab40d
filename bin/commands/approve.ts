import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { DECIDE_OPTIONS, DECIDE_POSITIONALS, decideRequest } from "../decide-request.ts";
import { driven } from "../drive.ts";
import { presentRun } from "../present-run.ts";
import { renderDecided } from "../render/approvals.ts";
import { DRIVE_OPTIONS, verb } from "../verb.ts";

export const approve = verb({
  usage: "approve <ref>",
  summary: "Approve a plan by its token, or by its run",
  examples: [
    [
      "cabincrew approve 3f9c2a71 --comment 'reviewed the diff'",
      "By any unique prefix of the token, 8 characters or more",
    ],
    ["cabincrew approve 3f9c2a71 --key ~/.config/cabincrew/keys/ada.pem --resume", "Signed, and take off at once"],
  ],
  positionals: DECIDE_POSITIONALS,
  options: {
    ...DECIDE_OPTIONS,
    ...DRIVE_OPTIONS,
    resume: { type: "boolean", default: false, describe: "Continue the run at once; the exit code is then the run's" },
  },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const decided = await library.decideApproval(crew, decideRequest(args, "approve"));
      if (!args.resume || decided.missing.length > 0) {
        const exit_code = args.resume ? EXIT.waiting : decided.exit_code;
        if (screen.json) screen.document({ ...decided, exit_code });
        screen.tell(renderDecided(decided, screen.err));
        return exit_code;
      }
      screen.tell(renderDecided(decided, screen.err, true));
      const report = await driven(screen, (drive) => library.resumeRun(crew, decided.run_id, drive));
      const both = { ...report, decided };
      return presentRun(both, screen, crew, library);
    }),
});
