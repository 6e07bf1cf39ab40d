/**
 * Reads an operator's YAML or JSON file strictly: one document, UTF-8, at most 1 MiB, a regular file, no key twice, no
 * aliases (so nothing can expand), no tags of its own, nothing that has no canonical JSON form.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  canonicalJson,
  errnoOf,
  type Json,
  looked,
  type ReasonCode,
  repeatsKey,
  toCabincrewError,
} from "../../schema/index.ts";

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 200;

/** The file's value, yet to be checked by its schema. `what` names it in sentences ("The authority file"). */
export async function readDocument(file: string, code: ReasonCode, what: string): Promise<unknown> {
  const refuse = (problem: string): CabincrewError =>
    new CabincrewError(code, `${what} ${file} ${problem}`, { detail: { file } });
  const extension = path.extname(file).toLowerCase();
  if (![".yaml", ".yml", ".json"].includes(extension)) throw refuse("must end in .yaml, .yml or .json");
  const text = await readText(file, code, refuse, `${what} ${file} could not be read`);
  if (isDeep(text)) throw refuse(`nests deeper than ${MAX_DEPTH} levels`);
  const document = await parseText(text, extension === ".json", refuse);
  try {
    if (hasPrototypeKey(document)) throw refuse("has a key named `__proto__`");
    canonicalJson(document);
  } catch (error) {
    if (error instanceof CabincrewError && error.code === code) throw error;
    throw refuse(`holds a value that JSON cannot express (${(error as Error).message})`);
  }
  return document;
}

type Refuse = (problem: string) => CabincrewError;

async function readText(file: string, code: ReasonCode, refuse: Refuse, doing: string): Promise<string> {
  try {
    // Without O_NONBLOCK a FIFO in its place would wait for ever.
    const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = looked(fstatSync(fd));
      if (!stat.isFile()) throw refuse("is not a regular file");
      if (stat.size > MAX_BYTES) throw refuse(`is larger than ${MAX_BYTES} bytes`);
      return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(fd));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (errnoOf(error) === "ENOENT") throw refuse("does not exist");
    if (errnoOf(error) === "ERR_ENCODING_INVALID_ENCODED_DATA") throw refuse("is not UTF-8");
    throw toCabincrewError(error, code, doing);
  }
}

async function parseText(text: string, isJson: boolean, refuse: Refuse): Promise<unknown> {
  try {
    if (isJson) {
      const value = JSON.parse(text) as Json;
      if (!repeatsKey(text, value)) return value;
    }
    // A JSON text comes on here only when a key stands twice, which JSON.parse does not see; this names it.
    const { parseDocument } = await import("yaml");
    const document = parseDocument(text, {
      schema: isJson ? "json" : "core",
      uniqueKeys: true,
      stringKeys: true,
      resolveKnownTags: false,
      merge: false,
    });
    const twice = document.errors.find((error) => error.code === "DUPLICATE_KEY");
    if (twice) throw refuse(`has a key twice: ${firstLine(twice.message)}`);
    if (isJson) return JSON.parse(text);
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem) throw problem;
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const why = firstLine((error as Error).message).replace("Alias resolution is disabled", "aliases are refused");
    throw refuse(`is not plain ${isJson ? "JSON" : "YAML"}: ${why}`);
  }
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/:$/, "") ?? message;
}

/** The parsers recurse, and one that runs out of stack can take the whole process with it. Brackets in texts count too. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[{\]}]/g)) {
    depth = Math.max(0, depth + (bracket === "[" || bracket === "{" ? 1 : -1));
    if (depth > MAX_DEPTH) return true;
  }
  return text.split("\n").some((line) => (/^(?: *[-?] )+/.exec(line)?.[0].match(/[-?]/g)?.length ?? 0) > MAX_DEPTH);
}

function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.hasOwn(value, "__proto__") || Object.values(value).some(hasPrototypeKey);
}
