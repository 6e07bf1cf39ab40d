/** How a bundled engine is called (DESIGN section 1; row A3): mode from argv, one JSON document on stdin, directories from the environment. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError, type EngineInput, parseDocument } from "../../../schema/index.ts";

export type Mode = EngineInput["mode"];

/** One call; all paths absolute. */
export interface Invocation {
  readonly mode: Mode;
  readonly input: EngineInput;
  readonly workspace: string;
  readonly artifactsDir: string;
  readonly outputDir: string;
  readonly tempDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The mode alone, so that even a broken input is answered by a receipt for the right mode. */
export function modeFrom(argv: readonly string[], env: Invocation["env"]): Mode {
  const at = argv.indexOf("--mode");
  const mode = at === -1 ? env["CABINCREW_MODE"] : argv[at + 1];
  if (mode === "flight-plan" || mode === "take-off" || mode === "reconcile") return mode;
  throw new CabincrewError(
    "usage",
    `The mode ${JSON.stringify(mode ?? "")} is not flight-plan, take-off or reconcile.`,
  );
}

/** Reads stdin to its end; throws `config_invalid` when it is not one engine input for this mode. */
export function readInvocation(mode: Mode, env: Invocation["env"]): Invocation {
  const input = parseDocument(
    "engineInput",
    parseJson(readFileSync(env["CABINCREW_INPUT_FILE"] ?? 0, "utf8")),
    "config_invalid",
    "The engine input",
  );
  if (input.mode !== mode)
    throw new CabincrewError(
      "config_invalid",
      `The engine input is for mode ${input.mode}, but the engine was started in mode ${mode}.`,
    );
  return {
    mode,
    input,
    workspace: directory(env, "CABINCREW_WORKSPACE"),
    artifactsDir: directory(env, "CABINCREW_ARTIFACTS_DIR"),
    outputDir: env["CABINCREW_OUTPUT_DIR"] ?? "",
    tempDir: directory(env, "CABINCREW_TEMP_DIR"),
    env,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The input may hold secrets: the parser's message quotes it, so it is not passed on.
    throw new CabincrewError("config_invalid", "The engine input on stdin is not one JSON document.", { cause: error });
  }
}

function directory(env: Invocation["env"], name: string): string {
  const value = env[name];
  if (!value || !path.isAbsolute(value))
    throw new CabincrewError("config_invalid", `The variable ${name} must hold an absolute path.`);
  return value;
}
