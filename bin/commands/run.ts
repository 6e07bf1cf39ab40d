import type { Crew } from "../../orchestrator/index.ts";
import { type Library, withCrew } from "../crew.ts";
import { driven } from "../drive.ts";
import { presentRun } from "../present-run.ts";
import { REQUEST_OPTIONS, REQUEST_POSITIONALS, runRequest } from "../run-request.ts";
import { DRIVE_OPTIONS, FORMAT_OPTIONS, verb } from "../verb.ts";

export const run = verb({
  usage: "run [workspace]",
  summary: "Plan, judge, approve where needed, and apply exactly what was planned",
  examples: [
    ["cabincrew run . -- npx prettier --write src", "Run a command on a private copy; its changes are the plan"],
    [
      "cabincrew run . --env MODEL --secret API_KEY=env:KEY --network -- agent 'fix it'",
      "Grant what it needs, explicitly",
    ],
    ["cabincrew run infra --engine command --config plan.yaml", "A plan command and an apply command, as one run"],
    ["cabincrew run . --json -- make generate > report.json", "One JSON document, for programs"],
    ["cabincrew run . --format github -- make fix", "Annotations and a job summary in a GitHub workflow"],
  ],
  positionals: REQUEST_POSITIONALS,
  options: { ...REQUEST_OPTIONS, ...DRIVE_OPTIONS, ...FORMAT_OPTIONS },
  takesCommand: true,
  async run(args, screen) {
    const request = await runRequest(args, false);
    const work = async (crew: Crew, library: Library) => {
      const report = await driven(screen, (drive) => library.startRun(crew, request, drive));
      return presentRun(report, screen, crew, library, args.format);
    };
    return withCrew(args, work, { create: true });
  },
});
