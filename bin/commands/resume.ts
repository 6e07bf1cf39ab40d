import type { Crew } from "../../orchestrator/index.ts";
import { EXIT } from "../../schema/index.ts";
import { type Library, withCrew } from "../crew.ts";
import { driven, drivenAll } from "../drive.ts";
import { gravest } from "../exit-codes.ts";
import { usageError } from "../failure.ts";
import { presentRun } from "../present-run.ts";
import { DRIVE_OPTIONS, FORMAT_OPTIONS, verb } from "../verb.ts";

export const resume = verb({
  usage: "resume [run]",
  summary: "Continue a run from its last durable step",
  examples: [
    ["cabincrew resume", "The newest run that has not ended"],
    ["cabincrew resume 01JD5K8Q", "One run, by its id, a prefix of it, or its token"],
    ["cabincrew resume --all", "Every run that neither ended nor waits, for example after a reboot"],
  ],
  positionals: { run: { type: "string", describe: "Run id or plan-token, or the first characters of one, 8 or more" } },
  options: {
    ...DRIVE_OPTIONS,
    ...FORMAT_OPTIONS,
    all: { type: "boolean", default: false, describe: "Every run that neither ended nor waits" },
  },
  async run(args, screen) {
    if (args.all && args.run !== undefined) throw usageError("Either name a run or say --all, not both.");
    if (args.all && args.format !== undefined)
      throw usageError("--format shows one run; it cannot be used with --all.");
    const work = async (crew: Crew, library: Library) => {
      if (!args.all) {
        const ref = args.run ?? (await library.latestResumable(crew));
        if (ref !== undefined) {
          const report = await driven(screen, (drive) => library.resumeRun(crew, ref, drive));
          return presentRun(report, screen, crew, library, args.format);
        }
      }
      const reports = args.all ? await drivenAll(screen, (drive) => library.resumeAll(crew, drive)) : [];
      const code = gravest(reports.map((report) => report.exit_code));
      if (screen.json) screen.document({ runs: reports, exit_code: code });
      else for (const report of reports) await presentRun(report, screen, crew, library);
      if (reports.length === 0) screen.tell("Nothing to resume.");
      return code;
    };
    const nothing = () => {
      if (screen.json) screen.document({ runs: [], exit_code: EXIT.ok });
      screen.tell("Nothing to resume.");
      return EXIT.ok;
    };
    return withCrew(args, work, args.run === undefined ? { nothingYet: nothing } : {});
  },
});
