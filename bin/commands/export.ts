import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { usageError } from "../failure.ts";
import { writeNew } from "../new-file.ts";
import { visibleJson } from "../render/escape.ts";
import { safe } from "../render/shown.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const exportVerb = verb({
  usage: "export <run>",
  summary: "Print a run as one JSON document that `verify --export` checks anywhere",
  examples: [
    ["cabincrew export 01JD5K8Q --output run.json", "Protocol documents, events and the public key"],
    [
      "cabincrew export 01JD5K8Q --contents --output run.ndjson",
      "With diff, logs and artifacts, for `cabincrew import`",
    ],
  ],
  positionals: RUN_REF,
  options: {
    output: { type: "string", requiresArg: true, describe: "Write to this new file instead of stdout" },
    contents: {
      type: "boolean",
      default: false,
      describe: "Also logs, diff and bodies of artifacts, as lines behind the document",
    },
  },
  run(args, screen) {
    const { contents, output } = args;
    if (contents && screen.json && output === undefined)
      throw usageError(
        "--contents prints one JSON document a line.",
        "Leave --json out, or name a file with --output.",
      );
    return withCrew(args, async (crew, library) => {
      if (output === undefined && !contents) screen.document(await library.exportRun(crew, args.run));
      else if (output === undefined) {
        const shown = (document: unknown) => visibleJson(JSON.stringify(document));
        for await (const line of library.exportLines(crew, args.run, shown)) screen.formatted(line);
      } else {
        const document = async () => JSON.stringify(await library.exportRun(crew, args.run), null, 2);
        await writeNew(output, contents ? library.exportLines(crew, args.run) : [await document()]);
        if (screen.json) screen.document({ run: args.run, output });
        screen.tell(safe`written to ${output}`);
      }
      return EXIT.ok;
    });
  },
});
