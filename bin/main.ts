import type { BegunRun } from "../orchestrator/index.ts";
import { EXIT, type ExitCode } from "../schema/index.ts";
import { loadLibrary } from "./crew.ts";
import { assertExactArguments } from "./exact-arguments.ts";
import { presentFailure, usageError } from "./failure.ts";
import { overview } from "./overview.ts";
import { ownWords } from "./own-words.ts";
import { lines } from "./render/shown.ts";
import { createScreen, type Screen, type ScreenOptions, type Surface } from "./screen.ts";
import { VERBS } from "./verbs.ts";
import { version } from "./version.ts";

/**
 * The command line: argv in, exit code out. Help and version are answered before the parser is loaded; nothing that a verb
 * does not need is evaluated. Whatever is thrown becomes a sentence and the exit code of its reason, never a stack trace.
 * `begun`: what was begun before this program was loaded.
 */
export async function main(typed: readonly string[], surface: Surface, begun?: BegunRun): Promise<ExitCode> {
  const argv = helpAsFlag(typed);
  const options = screenOptions(argv);
  const screen = createScreen(surface, options);
  try {
    assertExactArguments(argv);
    return quickAnswer(argv, screen, options) ?? (await parsedAnswer(argv, surface, screen, begun));
  } catch (error) {
    return presentFailure(error, screen, Boolean(surface.env["CABINCREW_DEBUG"]));
  }
}

function quickAnswer(argv: readonly string[], screen: Screen, options: ScreenOptions): ExitCode | undefined {
  if (argv.length === 0) {
    screen.alarm(lines(...overview(VERBS).split("\n")));
    return EXIT.usage;
  }
  const words = argv.filter((word) => !["--json", "--no-color", "--quiet"].includes(word));
  if (words.length > 1) return undefined;
  const [word] = words;
  if (word === undefined) throw usageError("No verb was given.");
  if (word === "--version" || word === "version") {
    if (options.json) screen.document({ version: version() });
    else screen.formatted(version());
    return EXIT.ok;
  }
  if (word !== "--help" && word !== "-h" && word !== "help") return undefined;
  if (options.json) screen.document({ help: overview(VERBS) });
  else screen.formatted(overview(VERBS));
  return EXIT.ok;
}

async function parsedAnswer(
  argv: readonly string[],
  surface: Surface,
  early: Screen,
  begun: BegunRun | undefined,
): Promise<ExitCode> {
  assertWhere();
  if (begun) (await loadLibrary()).prepareRun(begun.sandbox, begun);
  const { parseCommandLine } = await import("./parse.ts");
  const parsed = await parseCommandLine(argv, VERBS, helpWidth(surface));
  if (parsed.kind === "text") {
    if (early.json) early.document({ help: parsed.text });
    else early.formatted(parsed.text);
    return EXIT.ok;
  }
  const { args } = parsed;
  const events = "events" in args && args.events === true;
  const screen = createScreen(surface, { json: args.json, quiet: args.quiet, noColor: args["no-color"], events });
  if (!parsed.verb.run) throw usageError("No verb was given.");
  return parsed.verb.run(args, screen);
}

/** Where help is wrapped: lines of 100 columns, fewer where the terminal has fewer. */
function helpWidth({ stdout }: Surface): number {
  const columns = stdout.isTTY && stdout.columns ? stdout.columns : 100;
  return Math.max(40, Math.min(100, columns));
}

/** `help run` means `run --help`. */
function helpAsFlag(argv: readonly string[]): readonly string[] {
  const words = ownWords(argv).filter((word) => !word.startsWith("-"));
  if (words.length < 2 || words[0] !== "help") return argv;
  const at = argv.indexOf("help");
  return [...argv.slice(0, at), ...argv.slice(at + 1), "--help"];
}

/** Every path of a command line is relative to it, and without it nothing is. */
function assertWhere(): void {
  try {
    process.cwd();
  } catch {
    throw usageError(
      "The directory that you are in does not exist any more, or cannot be read.",
      "Change to one that exists, then try again.",
    );
  }
}

/** What can be known of the output before the command line is understood, for errors in it. */
function screenOptions(argv: readonly string[]): ScreenOptions {
  const own = new Set(ownWords(argv));
  const on = (flag: string) => own.has(flag) || own.has(`${flag}=true`);
  return { json: on("--json"), quiet: on("--quiet"), noColor: on("--no-color"), events: on("--events") };
}
