import path from "node:path";
import { EXIT } from "../../schema/index.ts";
import { readConfigFlags } from "../config-flags.ts";
import { loadLibrary } from "../crew.ts";
import { renderEngineCheck } from "../render/engine-check.ts";
import { onInterruption } from "../signals.ts";
import { configDirectory } from "../surroundings.ts";
import { group, verb } from "../verb.ts";

const check = verb({
  usage: "check <engine>",
  summary: "Run an engine through what the protocol demands of it, on a scratch copy",
  examples: [
    [
      "cabincrew engine check ./my-engine",
      "Receipts, exit codes, artifacts, repeatability; exits 1 when a check fails",
    ],
    ["cabincrew engine check command --config plan.yaml --workspace infra", "On a copy of a workspace of yours"],
  ],
  positionals: { engine: { type: "string", demandOption: true, describe: "Engine by name or path" } },
  options: {
    workspace: { type: "string", requiresArg: true, describe: "Directory to plan on; it is copied and never written" },
    config: {
      type: "string",
      array: true,
      requiresArg: true,
      describe: "Engine configuration, as for `run`; repeat it",
    },
    format: {
      choices: ["junit", "sarif", "github", "markdown"],
      requiresArg: true,
      describe: "Print the results on stdout in this format; never changes the exit code",
    },
  },
  async run(args, screen) {
    const library = await loadLibrary();
    const engineDirs = [
      ...(args.governance ? [path.resolve(args.governance, "engines")] : []),
      path.join(configDirectory(process.env), "engines"),
    ];
    const engine = await library.resolveEngine(args.engine, { cwd: process.cwd(), engineDirs });
    const config = await readConfigFlags(args.config ?? []);
    const { signal, stop } = onInterruption(() => undefined);
    const report = await library
      .checkEngine(engine, {
        config,
        signal,
        ...(args.workspace === undefined ? {} : { workspace: path.resolve(args.workspace) }),
      })
      .finally(stop);
    const exit_code = report.ok ? EXIT.ok : EXIT.failed;
    if (screen.json) screen.document({ ...report, exit_code });
    else if (args.format) {
      const [{ reportOfEngineCheck }, { writeFormat }] = await Promise.all([
        import("../formats/engine-check.ts"),
        import("../formats/write.ts"),
      ]);
      await writeFormat(args.format, reportOfEngineCheck(report, exit_code), screen);
    } else screen.result(renderEngineCheck(report, screen.out));
    return exit_code;
  },
});

export const engine = group("engine", "Check engines", [check]);
