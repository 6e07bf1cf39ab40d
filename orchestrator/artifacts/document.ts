/** Reads artifact.json: one JSON document in UTF-8 that matches its schema and has one meaning (spec/artifacts.md). */
import {
  type ArtifactDocument,
  CabincrewError,
  canonicalJson,
  type Json,
  losesDigits,
  parseDocument,
  repeatsKey,
} from "../../schema/index.ts";
import { nameProblem } from "./names.ts";
import { printable, refuseArtifact } from "./refuse.ts";

/** Larger metadata is refused; big content belongs into a body file. */
export const DOCUMENT_BYTES = 8 << 20;
/** Half of what is read of somebody else's export, in which the metadata stands some levels down. */
const MAX_DEPTH = 500;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The accepted document of artifact `name` and its canonical form. */
export function parseArtifact(name: string, bytes: Uint8Array): { document: ArtifactDocument; canonical: string } {
  const document = parseDocument(
    "artifact",
    parseJson(name, bytes),
    "artifact_invalid",
    `artifact.json of artifact ${printable(name)}`,
  );
  if (document.body !== undefined && document.body_file !== undefined)
    throw refuseArtifact(name, "its artifact.json has both `body` and `body_file`", "Keep one of them.");
  if (document.body_file !== undefined) {
    const problem =
      document.body_file === "artifact.json"
        ? "it is artifact.json itself"
        : nameProblem(document.body_file)?.replace("its name", "it");
    if (problem)
      throw refuseArtifact(
        name,
        `\`body_file\` ${printable(document.body_file)} cannot be used: ${problem}`,
        "Name one plain file in the artifact's folder.",
      );
  }
  return { document, canonical: canonical(name, document) };
}

function parseJson(name: string, bytes: Uint8Array): Json {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw refuseArtifact(name, "its artifact.json is not valid UTF-8", "Write it as UTF-8.");
  }
  if (text.trim() === "") throw refuseArtifact(name, "its artifact.json is empty", "Write one JSON document into it.");
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    throw refuseArtifact(
      name,
      `its artifact.json is not one JSON document: ${(error as Error).message}`,
      "Write exactly one JSON document, without a byte order mark.",
    );
  }
  // What is sealed is the canonical form: take-off would read something else than was written.
  if (repeatsKey(text, value))
    throw refuseArtifact(name, "its artifact.json has a key twice in one object", "Write each key once.");
  if (losesDigits(text))
    throw refuseArtifact(
      name,
      "its artifact.json holds a whole number of more digits than JSON numbers keep",
      "Write it as a string.",
    );
  return value;
}

/** JSON that RFC 8785 cannot express (1e999, a lone surrogate) or that is nested beyond any use is the artifact's fault. */
function canonical(name: string, document: ArtifactDocument): string {
  if (isDeeper(document, MAX_DEPTH))
    throw refuseArtifact(name, `its artifact.json is nested more than ${MAX_DEPTH} levels deep`, "Flatten it.");
  try {
    return canonicalJson(document);
  } catch (error) {
    if (!(error instanceof CabincrewError) && !(error instanceof RangeError)) throw error;
    throw refuseArtifact(
      name,
      `its artifact.json has no canonical form: ${error.message}`,
      "Use finite numbers, well-formed strings and moderate nesting.",
    );
  }
}

/** Whether anything in `value` lies more than `levels` objects or arrays down; itself without recursion. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}
