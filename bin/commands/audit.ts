import { EXIT } from "../../schema/index.ts";
import { withCrew } from "../crew.ts";
import { usageError } from "../failure.ts";
import { visibleJson } from "../render/escape.ts";
import { onInterruption } from "../signals.ts";
import { verb } from "../verb.ts";

export const audit = verb({
  usage: "audit [run]",
  summary: "Print the ledger's events, one JSON document a line",
  examples: [
    ["cabincrew audit 01JD5K8Q", "Of one run"],
    ["cabincrew audit --format cloudevents --follow", "Of all runs, as CloudEvents, and go on as new ones come"],
    ["cabincrew audit --head > head.json", "The signed head; keep it elsewhere for verify --expect-head"],
  ],
  positionals: { run: { type: "string", describe: "Only this run" } },
  options: {
    format: {
      choices: ["ndjson", "cabincrew", "cloudevents"],
      default: "ndjson",
      requiresArg: true,
      describe: "Form of each line",
    },
    head: { type: "boolean", default: false, describe: "Only the newest entry, to be noted elsewhere" },
    follow: { type: "boolean", default: false, describe: "Go on until interrupted" },
  },
  async run(args, screen) {
    if (args.follow && screen.json)
      throw usageError(
        "--follow never ends, so it cannot be one JSON document.",
        "Leave --json out: each line is JSON.",
      );
    if (args.head && (args.follow || args.run !== undefined || args.format !== "ndjson"))
      throw usageError(
        "--head prints the ledger's newest entry as it is; it takes no run, no --follow and no --format.",
      );
    return withCrew(args, async (crew, library) => {
      const interruption = onInterruption(() => {});
      try {
        const scope = args.run === undefined ? {} : { run: args.run };
        const signal = interruption.signal;
        const events: unknown[] = [];
        for await (const line of library.auditLines(crew, {
          ...scope,
          format: args.format,
          follow: args.follow,
          head: args.head,
          signal,
        })) {
          if (screen.json) events.push(JSON.parse(line));
          else screen.formatted(process.stdout.isTTY ? visibleJson(line) : line);
        }
        if (screen.json) screen.document({ events });
        return interruption.code() ?? EXIT.ok;
      } finally {
        interruption.stop();
      }
    });
  },
});
