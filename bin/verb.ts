import type { Options, PositionalOptions } from "yargs";
import type { ExitCode } from "../schema/index.ts";
import type { Screen } from "./screen.ts";

/** Flags that every verb takes. */
export const GLOBAL_OPTIONS = {
  "state-dir": {
    type: "string",
    describe: "Where ledger, artifacts and keys live (else $CABINCREW_STATE_DIR, else the XDG state directory)",
  },
  governance: {
    type: "string",
    describe: "Directory with policies, models, roles (else the user's, else the default)",
  },
  json: { type: "boolean", default: false, describe: "Print one JSON document on stdout and nothing else" },
  "no-color": { type: "boolean", default: false, describe: "No colours (NO_COLOR does the same)" },
  quiet: { type: "boolean", default: false, describe: "No progress and no summary; results and errors only" },
} as const satisfies OptionSet;

/** Flags of verbs that drive a run. */
export const DRIVE_OPTIONS = {
  events: {
    type: "boolean",
    default: false,
    describe: "Stream what happens as NDJSON on stdout; with --json the report is the last line",
  },
} as const satisfies OptionSet;

export const FINDING_FORMATS = ["junit", "sarif", "github", "gitlab", "markdown"] as const;

/** The flag of verbs that show findings. */
export const FORMAT_OPTIONS = {
  format: {
    choices: FINDING_FORMATS,
    requiresArg: true,
    describe: "Print the findings on stdout in this format; never changes the exit code",
  },
} as const satisfies OptionSet;

export type OptionSet = Readonly<Record<string, Options>>;
export type PositionalSet = Readonly<Record<string, PositionalOptions>>;

/** What parsing makes of option definitions; `--` is everything after a lone `--`. */
export type Values<O> = { readonly [K in keyof O]: ValueOf<O[K]> } & {
  readonly "--"?: readonly string[];
};
type ValueOf<D> = D extends { readonly array: true }
  ? readonly string[] | undefined
  : D extends { readonly choices: readonly (infer C)[] }
    ? C | Absent<D>
    : D extends { readonly type: "boolean" }
      ? boolean
      : D extends { readonly type: "number" }
        ? number | Absent<D>
        : string | Absent<D>;
type Absent<D> = D extends { readonly default: unknown } | { readonly demandOption: true } ? never : undefined;
export type GlobalValues = Values<typeof GLOBAL_OPTIONS>;

export interface Definition<O extends OptionSet, P extends PositionalSet> {
  /** As yargs writes commands: `show <run>`, `run [workspace]`. */
  readonly usage: string;
  readonly summary: string;
  /** Command lines and what they do; every verb has some. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly options?: O;
  readonly positionals?: P;
  /** True where a command line may follow `--`. */
  readonly takesCommand?: boolean;
  readonly run: (args: Values<O & P & typeof GLOBAL_OPTIONS>, screen: Screen) => Promise<ExitCode>;
}

/** A verb as the parser and the help see it. */
export interface Verb {
  readonly usage: string;
  readonly summary: string;
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  readonly options: OptionSet;
  readonly positionals: PositionalSet;
  readonly takesCommand: boolean;
  readonly verbs: readonly Verb[];
  readonly run: ((args: GlobalValues, screen: Screen) => Promise<ExitCode>) | undefined;
}

/** A verb whose `run` gets what its own definitions promise. */
export function verb<const O extends OptionSet, const P extends PositionalSet>(definition: Definition<O, P>): Verb {
  return {
    options: {},
    positionals: {},
    takesCommand: false,
    verbs: [],
    ...definition,
    run: definition.run as Verb["run"],
  };
}

/** A verb that only groups others, as `policy list`. */
export function group(usage: string, summary: string, verbs: readonly Verb[]): Verb {
  const examples = verbs.flatMap((inner) => inner.examples.slice(0, 1));
  return { usage, summary, examples, options: {}, positionals: {}, takesCommand: false, verbs, run: undefined };
}

/** The word that a usage line starts with. */
export function nameOf(usage: string): string {
  return usage.split(" ", 1)[0] ?? usage;
}
