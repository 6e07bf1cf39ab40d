import { readFile } from "node:fs/promises";
import {
  CabincrewError,
  isJsonObject,
  type Json,
  type JsonObject,
  losesDigits,
  repeatsKey,
  whyOf,
} from "../schema/index.ts";
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
      ? nested((assignment[1] ?? "").split("."), jsonOrText(assignment[1] ?? "", assignment[2] ?? ""))
      : await readFileConfig(flag);
    config = merged(config, part);
  }
  return config;
}

function jsonOrText(key: string, text: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return text;
  }
  if (repeatsKey(text, value)) throw usageError(`--config ${key}: a key stands twice in one object.`, "Write it once.");
  if (losesDigits(text)) throw digitsLost(key);
  return plainValue(() => value, key);
}

/** An engine must get the number that was written, and not the nearest one that JSON's readers can hold. */
function digitsLost(where: string) {
  return usageError(
    `--config ${where}: a whole number has more digits than JSON numbers keep.`,
    'Make it a string: "key": "12345678901234567890" in a file, key=\'"12345678901234567890"\' in a flag.',
  );
}

/** References can lead nowhere, back to where they stand, or to more than any memory holds. */
function plainValue(read: () => unknown, where: string): Json {
  try {
    return plain(read(), where);
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const why = error instanceof RangeError ? "it is nested too deeply, or refers to itself" : whyOf(error);
    throw usageError(`--config ${where}: ${why}.`, "Correct it.");
  }
}

/** What the YAML reader gives, which reads whole numbers as BigInt so that none is rounded. */
function plain(value: unknown, where: string): Json {
  if (typeof value === "bigint") {
    if (BigInt(Number(value)) !== value) throw digitsLost(where);
    return Number(value);
  }
  if (typeof value === "number" && !Number.isFinite(value))
    throw usageError(`--config ${where}: it holds a number that JSON does not know.`, "Correct it.");
  if (Array.isArray(value)) return value.map((each) => plain(each, where));
  if (typeof value !== "object" || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each, where)]));
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
  const document = parseDocument(text, { uniqueKeys: true, intAsBigInt: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw usageError(`--config ${file}: ${problem.message}`, "Correct the file.");
  const value = plainValue(() => document.toJS({ maxAliasCount: 100 }) ?? {}, file);
  if (!isJsonObject(value))
    throw usageError(`--config ${file} does not hold an object at its top level.`, "Correct the file.");
  return value;
}
