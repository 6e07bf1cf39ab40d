import { readFile } from "node:fs/promises";
import { isJsonObject, type Json, type JsonObject, whyOf } from "../schema/index.ts";
import { usageError } from "./failure.ts";

/** `name.name=value`: what stands before the first `=` must look like a dotted key, else the flag names a file. */
const ASSIGNMENT = /^([A-Za-z_][\w-]*(?:\.[\w-]+)*)=(.*)$/s;
const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

/**
 * --config flags as one object, later ones winning key by key. A file is YAML or JSON; `k=v` sets a dotted key to `v` read as
 * JSON where it is JSON, else as a string. Throws `usage`.
 */
export async function readConfigFlags(flags: readonly string[]): Promise<JsonObject> {
  let config: JsonObject = {};
  for (const flag of flags) {
    const assignment = ASSIGNMENT.exec(flag);
    const part = assignment
      ? nested((assignment[1] ?? "").split("."), jsonOrText(assignment[2] ?? ""))
      : await readFileConfig(flag);
    config = merged(config, part);
  }
  return config;
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function nested(keys: readonly string[], value: Json): JsonObject {
  const [first = "", ...rest] = keys;
  if (FORBIDDEN.has(first)) throw usageError(`--config: "${first}" cannot be a key.`);
  return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (FORBIDDEN.has(key)) throw usageError(`--config: "${key}" cannot be a key.`);
    const before = result[key];
    result[key] = isJsonObject(before) && isJsonObject(value) ? merged(before, value) : value;
  }
  return result;
}

async function readFileConfig(file: string): Promise<JsonObject> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = whyOf(error);
    throw usageError(
      `--config ${file} is neither key=value nor a readable file: ${why}`,
      "Write --config key=value, or name a YAML or JSON file.",
    );
  }
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw usageError(`--config ${file}: ${problem.message}`, "Correct the file.");
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  if (!isJsonObject(value))
    throw usageError(`--config ${file} does not hold an object at its top level.`, "Correct the file.");
  return value;
}
