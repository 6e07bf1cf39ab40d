/**
 * The text a plan adds: what `select: "added-lines"` means. Nothing is left out silently: what was cut away before it
 * came here is listed as unseen, and more text than the bounds allow is a failure of the whole judgement.
 */
import type { PreflightArtifact, PreflightInput } from "../schema/index.ts";
import { failed, type Outcome } from "./failure.ts";

const MAX_TEXT_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 4_000_000;
/** Bodies larger than this never reach a judge as text (schema/preflight-input.ts). */
const MAX_BODY_BYTES = 1024 * 1024;
const TEXT_MIME = /^text\/|[/+](json|ya?ml|xml|toml|javascript|typescript|sql|sh|x-sh|x-yaml|x-ndjson)\b/i;

/** One line to score; `line` is 1-based in the new file or in the artifact's body. */
export interface AddedLine {
  readonly artifact: string;
  readonly file?: string;
  readonly line: number;
  readonly text: string;
}

export interface Unseen {
  readonly artifact: string;
  readonly file?: string;
}

export interface AddedText {
  readonly lines: readonly AddedLine[];
  /** UTF-8 bytes of all lines. */
  readonly bytes: number;
  /** Texts of which at least a part could not be scored because it was not in the input. */
  readonly unseen: readonly Unseen[];
  /** Changes that are not text and were therefore not scored. */
  readonly binary: number;
}

/** Every added line of the input in its order, empty lines apart; fails with `too_much_text` above 64 MiB. */
export function selectAddedText(input: PreflightInput): Outcome<AddedText> {
  const lines: AddedLine[] = [];
  const unseen: Unseen[] = [];
  let bytes = 0;
  let binary = 0;
  for (const artifact of input.artifacts) {
    const place = placeOf(artifact);
    if (artifact.change?.binary) binary += 1;
    else if (isCut(artifact)) unseen.push(place);
    for (const { line, text } of linesOf(artifact)) {
      if (text === "") continue;
      const shown = squeezed(text);
      lines.push({ ...place, line, text: shown });
      bytes += Buffer.byteLength(shown);
      if (bytes > MAX_TEXT_BYTES || lines.length > MAX_LINES)
        return failed(
          "too_much_text",
          `The plan adds more text than models score in one run (${MAX_TEXT_BYTES} bytes, ${MAX_LINES} lines); split it`,
        );
    }
  }
  return { value: { lines, bytes, unseen, binary } };
}

function placeOf(artifact: PreflightArtifact): Unseen {
  const file = artifact.change?.path ?? artifact.target;
  return file === undefined ? { artifact: artifact.name } : { artifact: artifact.name, file };
}

function isCut(artifact: PreflightArtifact): boolean {
  if (artifact.change) return artifact.change.truncated;
  if (artifact.body !== undefined || artifact.sha256 === undefined) return false;
  return (artifact.size ?? 0) > MAX_BODY_BYTES ? !isOpaque(artifact.mime) : TEXT_MIME.test(artifact.mime);
}

function isOpaque(mime: string): boolean {
  return mime === "application/octet-stream" || /^(image|audio|video|font)\//.test(mime);
}

function linesOf(artifact: PreflightArtifact): Iterable<{ readonly line: number; readonly text: string }> {
  const { change } = artifact;
  if (!change) return bodyLines(artifact.body ?? "");
  if (change.binary) return [];
  // A line that only got other spaces is not new text: a formatter adds no secret.
  const before = new Set(change.removed.map(({ text }) => squeezed(text).trim()));
  return change.added.filter(({ text }) => !before.has(squeezed(text).trim()));
}

/** Columns padded to a width say nothing, and models take long runs of spaces for something. Indentation stays. */
function squeezed(text: string): string {
  return text.replace(/(\S)[ \t]{2,}(?=\S)/g, "$1 ");
}

function* bodyLines(body: string): Generator<{ line: number; text: string }> {
  let line = 1;
  for (const text of body.split(/\r?\n/)) {
    yield { line, text };
    line += 1;
  }
}
