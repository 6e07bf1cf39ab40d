/**
 * The contents behind an exported document, a line for each piece, in order: `{"sha256":…,"offset":…,"last":…,"data":"<base64>"}`,
 * written in this one way, so that no two readers can read two things in it.
 * Read piece by piece, so that their size does not matter, and never believed: what counts is the digest of the bytes.
 */
import { createHash, type Hash } from "node:crypto";
import { closeSync } from "node:fs";
import { CabincrewError, isJsonObject, toCabincrewError } from "../../schema/index.ts";
import { openPlain, readAt } from "./export-document.ts";
import type { Findings } from "./findings.ts";
import type { NamedContent } from "./named-contents.ts";

/** Bytes of content in one line, and of the line at most. */
export const PIECE_BYTES = 768 << 10;
const MAX_LINE = 4 << 20;
const CHUNK = 1 << 20;

export interface Piece {
  readonly sha256: string;
  readonly offset: number;
  readonly last: boolean;
  readonly data: Buffer;
}

/** A piece as a line of an export, without its line feed. */
export function pieceLine({ sha256, offset, last, data }: Piece): string {
  return JSON.stringify({ sha256, offset, last, data: data.toString("base64") });
}

/** The pieces from `behind` on. Throws usage where the file cannot be read, and import_refused, of which `checkCarried` makes a finding. */
export async function* carriedPieces(file: string, behind: number): AsyncGenerator<Piece> {
  let number = 1;
  for (const line of boundedLines(file, behind)) {
    number += 1;
    if (line.length === 0) continue;
    const piece = pieceOf(line);
    if (!piece) throw new PieceError(`line ${number} is no piece of content`);
    yield piece;
  }
}

/**
 * Whether exactly the contents that the run names are carried, whole and unchanged; else says what is wrong. Nothing is kept but what
 * `keep` is given: each piece of what was asked for.
 */
export async function checkCarried(
  pieces: AsyncIterable<Piece>,
  named: ReadonlyMap<string, NamedContent>,
  findings: Findings,
  keep: (piece: Piece) => Promise<void> | void = () => {},
): Promise<boolean> {
  const wrong = (where: string, message: string) => {
    findings.add("ledger_corrupt", where, message);
    return false;
  };
  const whole = new Set<string>();
  let current: { readonly sha256: string; readonly hash: Hash; size: number } | undefined;
  try {
    for await (const piece of pieces) {
      const { sha256, offset, last, data } = piece;
      const expected = named.get(sha256);
      const where = `content ${sha256}`;
      if (!expected) return wrong(where, "The file carries content that the run does not name.");
      if (whole.has(sha256)) return wrong(where, `The file carries ${expected.what} twice.`);
      current ??= { sha256, hash: createHash("sha256"), size: 0 };
      if (current.sha256 !== sha256 || current.size !== offset)
        return wrong(where, `The file carries ${expected.what} with a gap, or out of order.`);
      current.hash.update(data);
      current.size += data.length;
      if (expected.size !== undefined && current.size > expected.size)
        return wrong(where, `The file carries more of ${expected.what} than the plan says.`);
      if (last) {
        const same = current.hash.digest("hex") === sha256 && (expected.size ?? current.size) === current.size;
        if (!same) return wrong(where, `What the file carries as ${expected.what} is not what was sealed.`);
        whole.add(sha256);
        current = undefined;
      }
      await keep(piece);
    }
  } catch (error) {
    if (!(error instanceof PieceError)) throw error;
    return wrong("the file", `The contents of the file cannot be read: ${error.why}.`);
  }
  const [lacking] = [...named].filter(([sha256]) => !whole.has(sha256));
  return lacking === undefined || wrong(`content ${lacking[0]}`, `The file lacks ${lacking[1].what}.`);
}

class PieceError extends CabincrewError {
  /** `why` ends a sentence about the contents. */
  readonly why: string;

  constructor(why: string) {
    super("import_refused", `The contents of the export cannot be read: ${why}.`);
    this.why = why;
  }
}

function pieceOf(line: Buffer): Piece | undefined {
  const text = line.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { sha256, offset, last, data: base64 } = value;
  if (typeof sha256 !== "string" || typeof offset !== "number" || typeof last !== "boolean") return undefined;
  if (typeof base64 !== "string") return undefined;
  const piece = { sha256, offset, last, data: Buffer.from(base64, "base64") };
  return pieceLine(piece) === text ? piece : undefined;
}

function* boundedLines(file: string, from: number): Generator<Buffer> {
  const fd = openPlain(file);
  try {
    let rest = Buffer.alloc(0);
    for (let at = from; ; ) {
      const chunk = readAt(fd, at, CHUNK);
      if (chunk.length === 0) break;
      at += chunk.length;
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
        yield rest.subarray(0, end);
        rest = rest.subarray(end + 1);
      }
      if (rest.length > MAX_LINE) throw new PieceError(`a line has more than ${MAX_LINE} bytes`);
    }
    // A line that does not end was cut off.
    if (rest.length > 0) throw new PieceError("its last line is cut off");
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  } finally {
    closeSync(fd);
  }
}
