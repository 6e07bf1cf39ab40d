import path from "node:path";
import type { RunRequest } from "../orchestrator/index.ts";
import { readConfigFlags } from "./config-flags.ts";
import { usageError } from "./failure.ts";
import type { OptionSet, PositionalSet, Values } from "./verb.ts";

const LIST = { type: "string", array: true, requiresArg: true } as const;

/** Flags that `run` and `plan` share: what to run, and what it may use beyond the workspace. */
export const REQUEST_OPTIONS = {
  engine: { type: "string", requiresArg: true, describe: "Engine by name or path, instead of a command after --" },
  config: { ...LIST, describe: "Engine configuration: a YAML or JSON file, or key=value; repeat it, later ones win" },
  network: { type: "boolean", default: false, describe: "Let the engine use the network" },
  env: { ...LIST, describe: "Pass this environment variable; repeat it" },
  secret: { ...LIST, describe: "Map a secret, NAME=env:VAR; its value is never recorded; repeat it" },
  read: { ...LIST, describe: "Let the engine read this path outside the workspace; repeat it" },
  write: { ...LIST, describe: "Let take-off write this path outside the workspace, planning read it; repeat it" },
  sandbox: {
    choices: ["auto", "required", "off"],
    default: "auto",
    requiresArg: true,
    describe: "Isolation: when there is one, refuse without one, or none",
  },
  timeout: { type: "number", requiresArg: true, describe: "Seconds that one launch of the engine may take" },
  "exclude-ignored": {
    type: "boolean",
    default: false,
    describe: "Leave changes to files that .gitignore names out of the plan",
  },
} as const satisfies OptionSet;

export const REQUEST_POSITIONALS = {
  workspace: { type: "string", default: ".", describe: "Directory that the run is about" },
} as const satisfies PositionalSet;

export type RequestValues = Values<typeof REQUEST_OPTIONS & typeof REQUEST_POSITIONALS>;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Flags as a request; throws `usage` for what makes none. */
export async function runRequest(args: RequestValues, planOnly: boolean): Promise<RunRequest> {
  if (args.timeout !== undefined && !(args.timeout > 0))
    throw usageError("--timeout needs a number of seconds above 0.");
  if (args["exclude-ignored"] && args.engine !== undefined)
    throw usageError(
      "--exclude-ignored is about a command after --; what an engine plans is its own.",
      "Leave it out, or configure the engine with --config.",
    );
  return {
    workspace: path.resolve(args.workspace),
    engine: engineOf(args),
    config: await readConfigFlags(args.config ?? []),
    permissions: {
      network: args.network,
      env: (args.env ?? []).map((name) => variable("--env", name)),
      secrets: (args.secret ?? []).map(secretMapping),
      read: (args.read ?? []).map((name) => path.resolve(name)),
      write: (args.write ?? []).map((name) => path.resolve(name)),
    },
    sandbox: args.sandbox,
    ...(args.timeout === undefined ? {} : { timeoutSeconds: args.timeout }),
    ...(args["exclude-ignored"] ? { excludeIgnored: true } : {}),
    planOnly,
  };
}

function engineOf(args: RequestValues): RunRequest["engine"] {
  const command = args["--"];
  if (command !== undefined && args.engine !== undefined) {
    throw usageError(
      "Two engines were given: --engine and a command after --.",
      "Use one of them; an engine's own settings go into --config.",
    );
  }
  if (args.engine !== undefined) return { name: args.engine.includes("/") ? path.resolve(args.engine) : args.engine };
  if (command === undefined || command.length === 0) {
    throw usageError(
      "There is nothing to run: neither a command after -- nor --engine was given.",
      "For example: cabincrew run . -- npm run format",
    );
  }
  if (command[0] === "") throw usageError("The command after -- is an empty word.", "Name a program after --.");
  return { command };
}

function variable(flag: string, name: string): string {
  if (NAME.test(name)) return name;
  throw usageError(
    `${flag} ${name}: that is not the name of an environment variable.`,
    `Write ${flag} NAME; values come from the environment.`,
  );
}

/** The text may hold a secret typed by mistake, so it is never repeated. */
function secretMapping(text: string): RunRequest["permissions"]["secrets"][number] {
  const [, name = "", source = ""] = /^([^=]+)=env:(.+)$/.exec(text) ?? [];
  if (!NAME.test(name) || !NAME.test(source)) {
    throw usageError("A --secret does not say where its value is.", "Write --secret NAME=env:VARIABLE.");
  }
  return { name, source: { kind: "env", variable: source } };
}
