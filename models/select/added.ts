/**
 * The text a plan adds: what `select: "added-lines"` and `"added-chunks"` mean. What was cut away before it came here is
 * listed as unseen.
 */
import type { ModelChunk, PreflightArtifact } from "../../schema/index.ts";
import { type Collector, type Place, placeOf } from "./units.ts";

/** Bodies larger than this never reach a judge as text (schema/preflight-input.ts). */
const MAX_BODY_BYTES = 1024 * 1024;
const TEXT_MIME = /^text\/|[/+](json|ya?ml|xml|toml|javascript|typescript|sql|sh|x-sh|x-yaml|x-ndjson)\b/i;

interface AddedLine {
  readonly line: number;
  readonly text: string;
}

/** Every added line in its order, empty lines apart. */
export function addLines(artifacts: readonly PreflightArtifact[], into: Collector): void {
  for (const artifact of artifacts) {
    const place = countUnseen(artifact, into);
    for (const { line, text } of addedLines(artifact))
      if (text !== "") into.add({ ...place, line, data: squeezed(text) });
    if (into.isFull()) return;
  }
}

/** The added lines of each artifact, so many at a time, joined by line feeds; nothing is squeezed, blank chunks are left out. */
export function addChunks(artifacts: readonly PreflightArtifact[], chunk: ModelChunk, into: Collector): void {
  const step = chunk.lines - (chunk.overlap ?? 0);
  for (const artifact of artifacts) {
    const place = countUnseen(artifact, into);
    const lines = [...addedLines(artifact)];
    for (let start = 0; start < lines.length; start += step) {
      const part = lines.slice(start, start + chunk.lines);
      const data = part.map(({ text }) => text).join("\n");
      if (data.trim() !== "") into.add({ ...place, line: part[0]?.line ?? 1, data });
      // Like windows: the last chunk ends where the text ends, so nothing is scored twice for nothing.
      if (start + chunk.lines >= lines.length || into.isFull()) break;
    }
    if (into.isFull()) return;
  }
}

/** Whether text of an artifact was left out of the plan that judges see. */
export function isCut(artifact: PreflightArtifact): boolean {
  if (artifact.change) return artifact.change.truncated;
  if (artifact.body !== undefined || artifact.sha256 === undefined) return false;
  return (artifact.size ?? 0) > MAX_BODY_BYTES ? !isOpaque(artifact.mime) : TEXT_MIME.test(artifact.mime);
}

/** The lines an artifact adds: of a change those that differ from every removed one in more than spaces, else its body's. */
export function addedLines(artifact: PreflightArtifact): Iterable<AddedLine> {
  const { change } = artifact;
  if (!change) return bodyLines(artifact.body ?? "");
  if (change.binary) return [];
  // A line that only got other spaces is not new text: a formatter adds no secret.
  const before = new Set(change.removed.map(({ text }) => squeezed(text).trim()));
  return change.added.filter(({ text }) => !before.has(squeezed(text).trim()));
}

function countUnseen(artifact: PreflightArtifact, into: Collector): Place {
  const place = placeOf(artifact);
  if (artifact.change?.binary) into.addBinary();
  else if (isCut(artifact)) into.addUnseen(place);
  return place;
}

function isOpaque(mime: string): boolean {
  return mime === "application/octet-stream" || /^(image|audio|video|font)\//.test(mime);
}

/** Columns padded to a width say nothing, and models take long runs of spaces for something. Indentation stays. */
function squeezed(text: string): string {
  return text.replace(/(\S)[ \t]{2,}(?=\S)/g, "$1 ");
}

function* bodyLines(body: string): Generator<AddedLine> {
  let line = 1;
  for (const text of body.split(/\r?\n/)) {
    yield { line, text };
    line += 1;
  }
}
