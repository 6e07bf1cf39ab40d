import { CabincrewError } from "../../schema/index.ts";
import type { RunPermissions } from "../api.ts";

export interface Means {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Reads the mapped variables and secrets; one without a value is secret_missing, one that is no text config_invalid. */
export function readMeans(permissions: RunPermissions, from: Readonly<Record<string, string | undefined>>): Means {
  const environment: Record<string, string> = {};
  for (const name of permissions.env) environment[name] = required(from[name], `--env ${name}`, name);
  const secrets: Record<string, string> = {};
  for (const { name, source } of permissions.secrets) {
    secrets[name] = required(from[source.variable], `--secret ${name}`, source.variable);
  }
  return { environment, secrets };
}

function required(value: string | undefined, option: string, variable: string): string {
  if (value?.includes("\ufffd"))
    throw new CabincrewError("config_invalid", `${option}: the value of ${variable} is not text in UTF-8.`, {
      next: "Encode it, in base64 for example, and have the engine decode it.",
    });
  if (value !== undefined && value !== "") return value;
  throw new CabincrewError("secret_missing", `${option} needs the variable ${variable}, which is not set or is empty.`);
}
