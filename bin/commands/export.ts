import { writeFile } from "node:fs/promises";
import { EXIT, whyOf } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { usageError } from "../failure.ts";
import { safe } from "../render/shown.ts";
import { RUN_REF } from "../run-ref.ts";
import { verb } from "../verb.ts";

export const exportVerb = verb({
  usage: "export <run>",
  summary: "Print a run as one JSON document that `verify --export` checks anywhere",
  examples: [["cabincrew export 01JD5 --output run.json", "Protocol documents, events and the public key"]],
  positionals: RUN_REF,
  options: { output: { type: "string", requiresArg: true, describe: "Write to this new file instead of stdout" } },
  run: (args, screen) =>
    withCrew(args, async (crew, library) => {
      const bundle = await library.exportRun(crew, args.run);
      if (args.output === undefined) screen.document(bundle);
      else {
        await writeNew(args.output, `${JSON.stringify(bundle, null, 2)}\n`);
        if (screen.json) screen.document({ run: args.run, output: args.output });
        screen.tell(safe`written to ${args.output}`);
      }
      return EXIT.ok;
    }),
});

/** An existing file is never overwritten. */
async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
  } catch (error) {
    const why = whyOf(error);
    throw usageError(`The export could not be written to ${file}: ${why}`, "Name a new file in a writable directory.");
  }
}
