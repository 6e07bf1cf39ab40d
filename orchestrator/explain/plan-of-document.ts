/** A preflight document from a file, for judging plans that were kept or written by hand. Shapes are checked, claims are not. */
import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import {
  CabincrewError,
  isJsonObject,
  type Json,
  type JsonObject,
  looked,
  type PreflightInput,
  toCabincrewError,
} from "../../schema/index.ts";

const OBJECTS = [
  "workflow",
  "principal",
  "engine",
  "config",
  "permissions",
  "workspace",
  "sandbox",
  "receipt",
  "summary",
];

/** Throws config_invalid for what is not a preflight document (schema/preflight-input.ts), naming the place. */
export function planOfDocument(file: string): PreflightInput {
  const document = read(file);
  const problem = problemOf(document);
  if (problem === undefined) return document as unknown as PreflightInput;
  throw new CabincrewError("config_invalid", `${file} is no preflight document: ${problem}.`, {
    next: "`cabincrew policy explain <run> --input` prints the one that a run was judged by.",
  });
}

/** A pipe is as good as a file; a device may never end. */
function bytesOf(file: string): Buffer {
  const fd = openSync(file, "r");
  try {
    const stat = looked(fstatSync(fd));
    if (stat.isFile() || stat.isFIFO()) return readFileSync(fd);
  } finally {
    closeSync(fd);
  }
  throw new CabincrewError("config_invalid", `${file} is neither a file nor a pipe.`, {
    next: "Name a run, a directory or a preflight document.",
  });
}

function read(file: string): Json {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytesOf(file))) as Json;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new CabincrewError("config_invalid", `${file} is not JSON in UTF-8: ${error.message}`, {
        next: "Name a run, a directory or a preflight document.",
        cause: error,
      });
    throw toCabincrewError(
      error,
      "config_invalid",
      `Reading ${file}`,
      "Name a run, a directory or a document that exists.",
    );
  }
}

function problemOf(document: Json): string | undefined {
  if (!isJsonObject(document)) return "it is not an object";
  if (document["format"] !== "cabincrew.preflight/1") return '`format` is not "cabincrew.preflight/1"';
  if (typeof document["time"] !== "string" || Number.isNaN(Date.parse(document["time"]))) return "`time` is no time";
  const missing = OBJECTS.find((key) => !isJsonObject(document[key] ?? null));
  if (missing !== undefined) return `\`${missing}\` is not an object`;
  const { artifacts } = document as { readonly artifacts?: Json };
  if (!Array.isArray(artifacts)) return "`artifacts` is not a list";
  for (const [index, artifact] of (artifacts as Json[]).entries()) {
    const wrong = isJsonObject(artifact) ? artifactProblem(artifact) : "is not an object";
    if (wrong !== undefined) return `\`artifacts.${index}\` ${wrong}`;
  }
  return undefined;
}

function artifactProblem(artifact: JsonObject): string | undefined {
  const text = ["name", "role", "artifact_type", "action", "mime"].find((key) => typeof artifact[key] !== "string");
  if (text !== undefined) return `has no text \`${text}\``;
  if (artifact["body"] !== undefined && typeof artifact["body"] !== "string") return "has a `body` that is not text";
  const change = artifact["change"];
  if (change === undefined) return undefined;
  if (!isJsonObject(change)) return "has a `change` that is not an object";
  if (typeof change["path"] !== "string" || typeof change["op"] !== "string") return "changes no `path`, or by no `op`";
  const lists = ["added", "removed"].find((key) => !isLines(change[key]));
  return lists === undefined ? undefined : `has no list of lines \`change.${lists}\``;
}

function isLines(value: Json | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.every((each) => isJsonObject(each) && typeof each["line"] === "number" && typeof each["text"] === "string")
  );
}
