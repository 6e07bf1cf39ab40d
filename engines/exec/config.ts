/** What the run asks of this engine: `config` and the granted permissions, accepted or refused key by key. */
import { CabincrewError, type EngineInput } from "../../schema/index.ts";

export interface ExecConfig {
  readonly command: readonly string[];
  readonly exclude_ignored: boolean;
  readonly sandbox: SandboxChoice;
  readonly private_copy: CopyChoice;
}

export type SandboxChoice = "auto" | "required" | "off";
export type CopyChoice = "auto" | "overlay" | "copy";

/** What the run was granted beyond the workspace; `env` holds names, paths are absolute. */
export interface Grants {
  readonly network: boolean;
  readonly env: readonly string[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** Never visible to the command. */
  readonly hide: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
}

/** Of `config` as the run asks for it; throws `config_invalid`. */
export function execConfig(config: unknown): ExecConfig {
  const { command, exclude_ignored = false, sandbox = "auto", private_copy = "auto", ...unknown } = fields(config);
  refuseUnknown(unknown);
  if (!isStrings(command) || command.length === 0)
    throw invalid("command", "must be a list of strings, the program first");
  if (command.some((word) => word.includes("\0"))) throw invalid("command", "must not hold NUL bytes");
  if (typeof exclude_ignored !== "boolean") throw invalid("exclude_ignored", "must be true or false");
  return { command, exclude_ignored, sandbox: sandboxChoice(sandbox), private_copy: copyChoice(private_copy) };
}

export function grantsOf(input: EngineInput): Grants {
  const context = fields(input.context ?? {});
  const permissions = fields(context["permissions"] ?? {});
  const list = (key: string): readonly string[] => {
    const value = permissions[key] ?? [];
    if (!isStrings(value)) throw invalid(`context.permissions.${key}`, "must be a list of strings");
    return value;
  };
  const stateDir = context["state_dir"];
  return {
    network: permissions["network"] === true,
    env: list("env"),
    read: list("read"),
    write: list("write"),
    hide: typeof stateDir === "string" && stateDir !== "" ? [stateDir] : [],
    secrets: input.secrets ?? {},
  };
}

export function sandboxChoice(value: unknown): SandboxChoice {
  if (value === "auto" || value === "required" || value === "off") return value;
  throw invalid("sandbox", "must be auto, required or off");
}

export function copyChoice(value: unknown): CopyChoice {
  if (value === "auto" || value === "overlay" || value === "copy") return value;
  throw invalid("private_copy", "must be auto, overlay or copy");
}

export function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

export function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

export function refuseUnknown(rest: Readonly<Record<string, unknown>>): void {
  const key = Object.keys(rest)[0];
  if (key !== undefined) throw invalid(key, "is not known");
}

export function invalid(key: string, why: string): CabincrewError {
  return new CabincrewError("config_invalid", `The engine's configuration cannot be used: \`${key}\` ${why}.`);
}
