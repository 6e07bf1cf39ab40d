import type { Argv } from "yargs";
import type { CabincrewError } from "../schema/index.ts";
import { usageError } from "./failure.ts";
import { nearest } from "./suggest.ts";
import { GLOBAL_OPTIONS, type GlobalValues, nameOf, type Verb } from "./verb.ts";

/**
 * The command line, parsed by yargs: strict, so that what is not understood is refused and never guessed. Text that
 * yargs makes itself (help, completions) comes back as text; nothing is printed and the process does not end here.
 */
export type Parsed =
  | { readonly kind: "verb"; readonly verb: Verb; readonly args: GlobalValues }
  | { readonly kind: "text"; readonly text: string };

/** Throws `usage`. `columns` is where help is wrapped. */
export async function parseCommandLine(
  argv: readonly string[],
  verbs: readonly Verb[],
  columns = 100,
): Promise<Parsed> {
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
    .options(GLOBAL_OPTIONS)
    .epilogue(
      "Exit codes: 0 done, 1 failed, 2 usage, 3 waiting, 4 denied, 5 integrity, 6 rejected, 7 limit, 8 busy, 9 unknown.",
    );
  addVerbs(parser as Argv, verbs, "cabincrew", (verb) => {
    matched = verb;
  });
  let text = "";
  let failure: Error | undefined;
  const args = (await parser.parseAsync([...argv], {}, (error, _args, output) => {
    failure = error;
    text = output;
  })) as Record<string, unknown>;
  if (failure) throw explained(failure, argv, matched, verbs);
  if (text !== "" || !matched?.run) return { kind: "text", text };
  refuseMisuse(args, matched);
  return { kind: "verb", verb: matched, args: args as unknown as GlobalValues };
}

function addVerbs(parser: Argv, verbs: readonly Verb[], path: string, match: (verb: Verb) => void): void {
  for (const verb of verbs) {
    const own = `${path} ${nameOf(verb.usage)}`;
    const build = (inner: Argv): Argv => {
      match(verb);
      inner.usage(
        `$0 ${`${path} ${verb.usage}`.slice("cabincrew ".length)}${verb.takesCommand ? " [-- command…]" : ""}\n\n${verb.summary}`,
      );
      for (const [name, options] of Object.entries(verb.positionals)) inner.positional(name, options);
      inner.options(verb.options).group(Object.keys(verb.options), "Flags:");
      inner.group([...Object.keys(GLOBAL_OPTIONS), "help"], "Everywhere:");
      for (const [command, meaning] of verb.examples) inner.example(command, meaning);
      addVerbs(inner, verb.verbs, own, match);
      return verb.verbs.length > 0 ? inner.demandCommand(1, 1, `\`${own}\` needs one of: ${names(verb.verbs)}`) : inner;
    };
    parser.command(verb.usage, verb.summary, build, () => {});
  }
}

/** What yargs lets through: a value given twice, a number that is none, an empty value, a command where none belongs. */
function refuseMisuse(args: Readonly<Record<string, unknown>>, verb: Verb): void {
  const known = { ...GLOBAL_OPTIONS, ...verb.options, ...verb.positionals };
  for (const [name, definition] of Object.entries(known)) {
    const value = args[name];
    const many = "array" in definition && definition.array === true;
    if (Array.isArray(value) && !many) throw usageError(`--${name} was given more than once; it takes one value.`);
    if (typeof value === "number" && !Number.isFinite(value)) throw usageError(`--${name} needs a number.`);
    if ([value].flat().includes("")) throw usageError(`${name in verb.positionals ? name : `--${name}`} is empty.`);
  }
  if (args["--"] !== undefined && !verb.takesCommand)
    throw usageError(`\`cabincrew ${nameOf(verb.usage)}\` takes no command after \`--\`.`);
}

/** yargs' complaint as a usage error that says what was probably meant. */
function explained(
  failure: Error,
  argv: readonly string[],
  verb: Verb | undefined,
  verbs: readonly Verb[],
): CabincrewError {
  const unknown = /^Unknown (?:arguments?|commands?): (.*)$/s.exec(failure.message)?.[1]?.split(", ")[0];
  const where = verb ? `cabincrew ${nameOf(verb.usage)} --help` : "cabincrew --help";
  const see = `See \`${where}\`.`;
  if (unknown === undefined) return usageError(sentence(failure.message), see);
  const flag = argv.find(
    (word) => word === `--${unknown}` || word.startsWith(`--${unknown}=`) || word === `-${unknown}`,
  );
  if (flag !== undefined) {
    const known = Object.keys({ ...GLOBAL_OPTIONS, ...verb?.options });
    const meant = nearest(unknown, known);
    const name = flag.split("=", 1)[0];
    return usageError(
      `There is no flag ${name}${verb ? ` for \`cabincrew ${nameOf(verb.usage)}\`` : ""}.`,
      meant ? `Did you mean --${meant}? ${see}` : see,
    );
  }
  if (verb?.takesCommand) {
    return usageError(
      `"${unknown}" is one word too many: only the workspace stands before \`--\`.`,
      `Put the command after \`--\`: cabincrew ${nameOf(verb.usage)} . -- ${unknown} … ; flags that take several values are repeated.`,
    );
  }
  if (verb && verb.verbs.length === 0) return usageError(`"${unknown}" is one word too many.`, see);
  const candidates = verb ? verb.verbs : verbs;
  const meant = nearest(
    unknown,
    candidates.map((candidate) => nameOf(candidate.usage)),
  );
  return usageError(
    `There is no verb "${unknown}".`,
    meant ? `Did you mean \`cabincrew ${verb ? `${nameOf(verb.usage)} ` : ""}${meant}\`? ${see}` : see,
  );
}

function sentence(message: string): string {
  const line = message.trim().replace(/\s*\n\s*/g, " ");
  return /[.:!?]$/.test(line) ? line : `${line}.`;
}

function names(verbs: readonly Verb[]): string {
  return verbs.map((verb) => nameOf(verb.usage)).join(", ");
}
