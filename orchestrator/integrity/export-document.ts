/**
 * Where in an exported file its document is. Alone it may be written in any way; where contents follow, it is the first line
 * and each further line is a piece of them (spec/ledger.md, clause 27).
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { CabincrewError, isJsonObject, type JsonObject, looked, toCabincrewError } from "../../schema/index.ts";
import { parseForeign } from "./foreign-json.ts";

export const EXPORT_FORMAT = "cabincrew.export/1";

/** A document is read as a whole; a run of 100,000 artifacts has half of this. */
const MAX_DOCUMENT = 256 << 20;
const CHUNK = 1 << 20;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;
/** How a document begins; anything else is not read to its end to be called no document. */
const BEGINS = /^\s*(?:$|\{)/;

export interface ExportDocument {
  readonly document: JsonObject;
  /** Where the lines behind the document begin; undefined where the document is all. */
  readonly behind: number | undefined;
}

/** An open plain file; a pipe would be waited for, and is empty when it is read again. Throws usage. */
export function openPlain(file: string): number {
  let fd: number | undefined;
  try {
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if (looked(fstatSync(fd)).isFile()) return fd;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw toCabincrewError(error, "usage", `Reading the export ${file}`, "Name a file that `cabincrew export` wrote.");
  }
  closeSync(fd);
  throw new CabincrewError("usage", `Reading the export ${file}: it is no plain file.`, {
    next: "Save the export to a file first, and name that.",
  });
}

/** The document of an open export; `file` is its name for people. Throws usage for files that are no exported run. */
export function readExportDocument(fd: number, file: string, maxBytes = MAX_DOCUMENT): ExportDocument {
  let value: unknown;
  let behind: number | undefined;
  try {
    const { size } = looked(fstatSync(fd));
    const line = firstLine(fd, size, maxBytes);
    const alone = !isWhole(line) || line.length + 1 >= size;
    value = parseForeign(alone && line.length < size ? readTo(fd, size, maxBytes) : line);
    behind = alone ? undefined : line.length + 1;
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`, "Check that the file arrived whole.");
  }
  if (isJsonObject(value) && value["format"] === EXPORT_FORMAT) return { document: value, behind };
  throw new CabincrewError("usage", `${file} is neither an exported ledger nor an exported run.`, {
    next: "Make one with `cabincrew audit --format ndjson` or `cabincrew export <run>`.",
  });
}

/** Whether a line is an object with members from its first to its last byte, as compact JSON is. */
function isWhole(line: Uint8Array): boolean {
  return line.length > 2 && line[0] === 0x7b && line[1] === QUOTE && line.at(-1) === 0x7d;
}

/** The bytes before the first line feed, all there are where none comes. */
function firstLine(fd: number, size: number, maxBytes: number): Uint8Array {
  const parts: Buffer[] = [];
  for (let at = 0; at < size; ) {
    const chunk = readAt(fd, at, Math.min(CHUNK, size - at));
    if (chunk.length === 0) break;
    // What is no JSON at all, such as a file of zeros, is not read to its end to be told so.
    if (chunk.includes(0) || (at === 0 && !BEGINS.test(chunk.toString("latin1", 0, 64))))
      throw new Error("it is not JSON");
    const end = chunk.indexOf(LINE_FEED);
    parts.push(end === -1 ? chunk : chunk.subarray(0, end));
    if (end !== -1) break;
    at += chunk.length;
    assertFits(at, maxBytes);
  }
  const [only] = parts;
  return only && parts.length === 1 ? only : Buffer.concat(parts);
}

function readTo(fd: number, size: number, maxBytes: number): Uint8Array {
  assertFits(size, maxBytes);
  return readAt(fd, 0, size);
}

/** As many bytes as are there, `length` at most. */
export function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const read = readSync(fd, bytes, done, length - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return bytes.subarray(0, done);
}

function assertFits(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes) throw new Error(`its document is larger than ${maxBytes} bytes`);
}
