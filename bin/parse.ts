import type { Argv } from "yargs";
import { explained } from "./complaint.ts";
import { usageError } from "./failure.ts";
import { ownWords } from "./own-words.ts";
import { GLOBAL_OPTIONS, type GlobalValues, nameOf, type Verb } from "./verb.ts";

/**
 * The command line, parsed by yargs: strict, so that what is not understood is refused and never guessed. Text that
 * yargs makes itself (help, completions) comes back as text; nothing is printed and the process does not end here.
 */
export type Parsed =
  | { readonly kind: "verb"; readonly verb: Verb; readonly args: GlobalValues }
  | { readonly kind: "text"; readonly text: string };

const EXIT_CODES =
  "Exit codes: 0 done, 1 failed, 2 usage, 3 waiting, 4 denied, 5 integrity, 6 rejected, 7 limit, 8 busy, 9 unknown.";

/** Thrown out of the parser when it has accepted a command line: going on, it would lay out a help text nobody asked for. */
class Accepted extends Error {
  readonly verb: Verb;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(verb: Verb, values: Readonly<Record<string, unknown>>) {
    super();
    this.verb = verb;
    this.values = values;
  }
}

/** What yargs made of a command line: a verb it accepted, a complaint, or a text that it laid out. */
interface Outcome {
  readonly end: unknown;
  readonly text: string;
  /** The last verb that it understood. */
  readonly matched: Verb | undefined;
}

/** Throws `usage`. `columns` is where help is wrapped. */
export async function parseCommandLine(
  argv: readonly string[],
  verbs: readonly Verb[],
  columns = 100,
): Promise<Parsed> {
  refuseInherited(argv);
  const lean = await parseWith(argv, meantBy(argv, verbs), columns, false);
  // yargs alone knows all the ways to ask for a text (a last word `help` is one), so it is heard rather than foreseen.
  const { end, text, matched } = lean.end === undefined ? await parseWith(argv, verbs, columns, true) : lean;
  if (end instanceof Accepted) {
    refuseMisuse(end.values, end.verb, argv);
    return { kind: "verb", verb: end.verb, args: end.values as unknown as GlobalValues };
  }
  if (end) throw explained(end instanceof Error ? end.message : String(end), argv, matched, verbs);
  if (text === "") throw usageError("No verb was given.");
  const asked = matched ? undefined : helpAskedFor(argv);
  if (asked !== undefined) throw explained(`Unknown command: ${asked}`, argv, undefined, verbs);
  return { kind: "text", text };
}

/** `told`: with the texts that help is made of. It takes yargs milliseconds to hear them, and few command lines need one. */
async function parseWith(
  argv: readonly string[],
  verbs: readonly Verb[],
  columns: number,
  told: boolean,
): Promise<Outcome> {
  const { default: yargs } = await import("yargs");
  let matched: Verb | undefined;
  const parser = yargs([...argv])
    .scriptName("cabincrew")
    .parserConfiguration({
      "populate--": true,
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "strip-aliased": true,
    })
    .detectLocale(false)
    .version(false)
    .help("help")
    .alias("help", "h")
    .showHelpOnFail(false)
    .exitProcess(false)
    .strict()
    .wrap(columns)
    .options(GLOBAL_OPTIONS);
  addVerbs(parser as Argv, verbs, "cabincrew", told, (verb) => {
    matched = verb;
  });
  let text = "";
  let end: unknown;
  try {
    await parser.parseAsync([...argv], {}, (error, _args, output) => {
      end = error ?? undefined;
      text = output;
    });
  } catch (error) {
    end = error;
  }
  return { end, text, matched };
}

/** Names that every object has are flags to yargs, which then trips over them. */
function refuseInherited(argv: readonly string[]): void {
  for (const word of argv) {
    if (word === "--") return;
    const name = /^--?([^=]+)/.exec(word)?.[1];
    if (name !== undefined && name in Object.prototype)
      throw usageError(`There is no flag ${word.split("=", 1)[0]}.`, "See `cabincrew --help`.");
  }
}

/** The word whose help was wanted and that is no verb; for other words yargs shows the overview. */
function helpAskedFor([word, ...more]: readonly string[]): string | undefined {
  if (word === undefined || word.startsWith("-")) return undefined;
  return more.some((flag) => flag === "--help" || flag === "-h") ? word : undefined;
}

/** The verbs that stand among the words; where none does, all of them. */
function meantBy(argv: readonly string[], verbs: readonly Verb[]): readonly Verb[] {
  const own = ownWords(argv);
  const meant = verbs.filter(({ usage }) => own.includes(nameOf(usage)));
  return meant.length > 0 ? meant : verbs;
}

function addVerbs(
  parser: Argv,
  verbs: readonly Verb[],
  path: string,
  told: boolean,
  match: (verb: Verb) => void,
): void {
  for (const verb of verbs) {
    const own = `${path} ${nameOf(verb.usage)}`;
    const build = (inner: Argv): Argv => {
      match(verb);
      for (const [name, options] of Object.entries(verb.positionals)) inner.positional(name, options);
      inner.options(verb.options);
      if (told) tell(inner, verb, path);
      addVerbs(inner, verb.verbs, own, told, match);
      return verb.verbs.length > 0 ? inner.demandCommand(1, 1, `\`${own}\` needs one of: ${names(verb.verbs)}`) : inner;
    };
    parser.command(verb.usage, verb.summary, build, (values) => {
      throw new Accepted(verb, values);
    });
  }
}

function tell(inner: Argv, verb: Verb, path: string): void {
  const line = `${path} ${verb.usage}`.slice("cabincrew ".length);
  inner.usage(`$0 ${line}${verb.takesCommand ? " [-- command…]" : ""}\n\n${verb.summary}`);
  inner.group(Object.keys(verb.options), "Flags:");
  inner.group([...Object.keys(GLOBAL_OPTIONS), "help"], "Everywhere:").epilogue(EXIT_CODES);
  for (const [command, meaning] of verb.examples) inner.example(command, meaning);
}

/** What yargs lets through: a value given twice, a number that is none, an empty value, a command where none belongs. */
function refuseMisuse(args: Readonly<Record<string, unknown>>, verb: Verb, argv: readonly string[]): void {
  const known = { ...GLOBAL_OPTIONS, ...verb.options, ...verb.positionals };
  for (const [name, definition] of Object.entries(known)) {
    const value = args[name];
    const many = "array" in definition && definition.array === true;
    if (Array.isArray(value) && !many) throw usageError(`--${name} was given more than once; it takes one value.`);
    const switched = argv.find((word) => word.startsWith(`--${name}=`));
    if (definition.type === "boolean" && switched && !/=(?:true|false)$/.test(switched))
      throw usageError(`--${name} is a switch; it takes no value.`);
    if (typeof value === "number" && !Number.isFinite(value)) throw usageError(`--${name} needs a number.`);
    if ([value].flat().includes("")) throw usageError(`${name in verb.positionals ? name : `--${name}`} is empty.`);
  }
  // Both would write to stdout; audit's --format only chooses among JSON forms and has a default.
  const format = verb.options["format"];
  const formatted = format !== undefined && format.default === undefined && args["format"] !== undefined;
  const streams = ["json", "events"].find((name) => args[name] === true);
  if (formatted && streams) throw usageError(`--${streams} and --format both write to stdout; use one of them.`);
  if (args["--"] !== undefined && !verb.takesCommand)
    throw usageError(`\`cabincrew ${nameOf(verb.usage)}\` takes no command after \`--\`.`);
}

function names(verbs: readonly Verb[]): string {
  return verbs.map((verb) => nameOf(verb.usage)).join(", ");
}
