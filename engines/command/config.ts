/** The plan/apply pair as configured, accepted or refused key by key. */
import path from "node:path";
import {
  type CopyChoice,
  copyChoice,
  fields,
  invalid,
  isStrings,
  refuseUnknown,
  type SandboxChoice,
  sandboxChoice,
} from "../exec/config.ts";

/** A string is a script for `sh -c`, a list is a program and its arguments. */
export type Command = string | readonly string[];

export interface CommandConfig {
  readonly plan: Command;
  readonly apply: Command;
  readonly check: Command | undefined;
  readonly plan_files: readonly string[];
  /** Relative to the workspace, never outside of it. */
  readonly cwd: string;
  readonly idempotent: boolean;
  readonly sandbox: SandboxChoice;
  readonly private_copy: CopyChoice;
}

/** Of `config` as the run asks for it; throws `config_invalid`. */
export function commandConfig(config: unknown): CommandConfig {
  const {
    plan,
    apply,
    check,
    plan_files = [],
    cwd = ".",
    idempotent = false,
    sandbox = "auto",
    private_copy = "auto",
    ...unknown
  } = fields(config);
  refuseUnknown(unknown);
  if (!isStrings(plan_files) || plan_files.includes("")) throw invalid("plan_files", "must be a list of paths");
  if (typeof idempotent !== "boolean") throw invalid("idempotent", "must be true or false");
  return {
    plan: command("plan", plan),
    apply: command("apply", apply),
    check: check === undefined ? undefined : command("check", check),
    plan_files,
    cwd: inside("cwd", cwd),
    idempotent,
    sandbox: sandboxChoice(sandbox),
    private_copy: copyChoice(private_copy),
  };
}

function command(key: string, value: unknown): Command {
  const words = typeof value === "string" ? [value] : value;
  if (!isStrings(words) || !words[0] || words.some((word) => word.includes("\0")))
    throw invalid(key, "must be a script as a string, or a list with a program and its arguments");
  return typeof value === "string" ? value : words;
}

/** A relative path that cannot leave the directory it is relative to. */
export function inside(key: string, value: unknown): string {
  const plain = typeof value === "string" ? path.normalize(value) : "..";
  if (path.isAbsolute(plain) || plain.split("/").includes(".."))
    throw invalid(key, "must be a path inside of the workspace");
  return plain;
}
