import path from "node:path";
import { EXIT } from "../../schema/index.ts";
import { loadLibrary, withCrew } from "../crew.ts";
import { usageError } from "../failure.ts";
import { renderVerification } from "../render/verification.ts";
import { verb } from "../verb.ts";

export const verify = verb({
  usage: "verify [run]",
  summary: "Check chain, signatures, projections, artifacts and approvals",
  examples: [
    ["cabincrew verify", "The whole ledger; any finding exits 5"],
    [
      "cabincrew verify --export run.json --public-key ledger.pub.pem",
      "An exported run, with nothing but the file and the public key",
    ],
    ["cabincrew verify --expect-head head.json", "Nothing was rolled back since `verify --json > head.json`"],
    ["cabincrew verify --format junit > verify.xml", "For a CI server"],
  ],
  positionals: { run: { type: "string", describe: "Only this run" } },
  options: {
    "expect-head": {
      type: "string",
      requiresArg: true,
      describe: "Head noted earlier, a hash or a file; it must still be part of the chain",
    },
    thorough: { type: "boolean", default: false, describe: "Check every single signature" },
    export: { type: "string", requiresArg: true, describe: "Check this exported file instead of the ledger" },
    "public-key": { type: "string", requiresArg: true, describe: "The ledger's public key, for --export" },
    format: {
      choices: ["junit", "sarif", "github", "markdown"],
      requiresArg: true,
      describe: "Print the findings on stdout in this format; never changes the exit code",
    },
  },
  async run(args, screen) {
    const { export: file, "public-key": key, "expect-head": expectHead } = args;
    if ((file === undefined) !== (key === undefined)) throw usageError("--export and --public-key belong together.");
    if (file !== undefined && ((args.run ?? expectHead) !== undefined || args.thorough))
      throw usageError("--export checks a file; it takes neither a run nor --expect-head nor --thorough.");
    const report =
      file !== undefined && key !== undefined
        ? await (await loadLibrary()).verifyExport(path.resolve(file), path.resolve(key))
        : await withCrew(args, (crew, library) =>
            library.verifyLedger(crew, {
              ...(args.run === undefined ? {} : { run: args.run }),
              thorough: args.thorough,
              ...(expectHead === undefined ? {} : { expectHead: hashOrFile(expectHead) }),
            }),
          );
    const code = report.ok && report.findings.length === 0 ? EXIT.ok : EXIT.integrity;
    if (screen.json) screen.document({ ...report, exit_code: code });
    else if (args.format) {
      const [{ reportOfVerification }, { writeFormat }] = await Promise.all([
        import("../formats/report.ts"),
        import("../formats/write.ts"),
      ]);
      await writeFormat(args.format, reportOfVerification(report, code), screen);
    } else screen.result(renderVerification(report, screen.out));
    return code;
  },
});

function hashOrFile(named: string): string {
  return /^[0-9a-fA-F]{64}$/.test(named) ? named : path.resolve(named);
}
