import path from "node:path";
import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { renderImport } from "../render/import.ts";
import { verb } from "../verb.ts";

export const importVerb = verb({
  usage: "import <file>",
  summary: "Keep a run that was exported elsewhere, to look at it here",
  examples: [
    [
      "cabincrew import run.ndjson --public-key ledger.pub.pem",
      "Checked with the key that the ledger's owner gave you",
    ],
    ["cabincrew import run.json", "Without it the key is trusted on first use, and that is recorded"],
  ],
  positionals: { file: { type: "string", demandOption: true, describe: "What `cabincrew export <run>` wrote" } },
  options: {
    "public-key": {
      type: "string",
      requiresArg: true,
      describe: "Public key of the ledger that the run is of; another key is refused",
    },
  },
  run: (args, screen) =>
    withCrew(
      args,
      async (crew, library) => {
        const key = args["public-key"];
        const report = await library.importRun(crew, path.resolve(args.file), {
          ...(key === undefined ? {} : { publicKeyFile: path.resolve(key) }),
        });
        if (screen.json) screen.document(report);
        else screen.result(renderImport(report, screen.out));
        return EXIT.ok;
      },
      { create: true },
    ),
});
