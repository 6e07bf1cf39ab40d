import type { Crew } from "../../orchestrator/index.ts";
import { type Library, withCrew } from "../crew.ts";
import { driven } from "../drive.ts";
import { presentRun } from "../present-run.ts";
import { REQUEST_OPTIONS, REQUEST_POSITIONALS, runRequest } from "../run-request.ts";
import { DRIVE_OPTIONS, FORMAT_OPTIONS, verb } from "../verb.ts";

export const plan = verb({
  usage: "plan [workspace]",
  summary: "As run, but never takes off; `resume` can continue the plan",
  examples: [
    ["cabincrew plan . -- npm update", "See what a command would change, and what policies say to it"],
    ["cabincrew plan . --format sarif -- ./codemod.sh > plan.sarif", "Findings for a code scanning service"],
  ],
  positionals: REQUEST_POSITIONALS,
  options: { ...REQUEST_OPTIONS, ...DRIVE_OPTIONS, ...FORMAT_OPTIONS },
  takesCommand: true,
  async run(args, screen) {
    const request = await runRequest(args, true);
    const work = async (crew: Crew, library: Library) => {
      const report = await driven(screen, (drive) => library.startRun(crew, request, drive));
      return presentRun(report, screen, crew, library, args.format);
    };
    return withCrew(args, work, { create: true });
  },
});
