import path from "node:path";
import { EXIT } from "../../schema/index.ts";
import { loadLibrary } from "../crew.ts";
import { onInterruption } from "../signals.ts";
import { crewOptions } from "../surroundings.ts";
import { verb } from "../verb.ts";

export const verifyGuarantees = verb({
  usage: "verify-guarantees [workspace]",
  summary: "Attack your own configuration in a scratch copy and report what holds",
  examples: [
    [
      "cabincrew verify-guarantees",
      "Your governance, authority file, sandbox and file modes; exits 5 when one is broken",
    ],
    [
      "cabincrew verify-guarantees . --format sarif > guarantees.sarif",
      "With what this workspace brings, for a CI server",
    ],
  ],
  positionals: {
    workspace: { type: "string", describe: "Also under the policies and models that this workspace brings" },
  },
  options: {
    only: { type: "string", array: true, requiresArg: true, describe: "Try this guarantee alone; may be repeated" },
    format: {
      choices: ["junit", "sarif", "github", "markdown"],
      requiresArg: true,
      describe: "Print the results on stdout in this format; never changes the exit code",
    },
  },
  async run(args, screen) {
    const interruption = onInterruption(() => undefined);
    const [library, { reportOfGuarantees }, { renderGuarantees, createTally }] = await Promise.all([
      loadLibrary(),
      import("../formats/guarantees.ts"),
      import("../render/guarantees.ts"),
    ]);
    const { stateDir, configDir, governanceDir, principal } = crewOptions(args, process.env);
    const tally = createTally(screen);
    const report = await library
      .verifyGuarantees({
        stateDir,
        configDir,
        principal,
        ...(governanceDir === undefined ? {} : { governanceDir }),
        ...(args.workspace === undefined ? {} : { workspace: path.resolve(args.workspace) }),
        ...(process.env["PATH"] === undefined ? {} : { searchPath: process.env["PATH"] }),
        ...(args.only === undefined ? {} : { only: args.only }),
        signal: interruption.signal,
        observe: tally.observe,
      })
      .finally(() => {
        tally.stop();
        interruption.stop();
      });
    const exit_code = report.ok ? EXIT.ok : EXIT.integrity;
    if (screen.json) screen.document({ ...report, exit_code });
    else if (args.format) {
      const { writeFormat } = await import("../formats/write.ts");
      await writeFormat(args.format, reportOfGuarantees(report, exit_code), screen);
    } else screen.result(renderGuarantees(report, screen.out));
    return exit_code;
  },
});
