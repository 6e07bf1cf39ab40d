/**
 * Where in an exported file its document is. Alone it may be written in any way; where contents follow, it is the first line
 * and each further line is a piece of them (spec/ledger.md, clause 27).
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CabincrewError, isJsonObject, type JsonObject, toCabincrewError } from "../../schema/index.ts";
import { parseForeign } from "./foreign-json.ts";

export const EXPORT_FORMAT = "cabincrew.export/1";

/** A document is read as a whole; a run of 100,000 artifacts has half of this. */
const MAX_DOCUMENT = 256 << 20;
const MAX_DOCUMENT_TEXT = "256 MiB";
const CHUNK = 1 << 20;
const LINE_FEED = 0x0a;

export interface ExportDocument {
  readonly document: JsonObject;
  /** Where the lines behind the document begin; undefined where the document is all. */
  readonly behind: number | undefined;
}

/** Opens a plain file; a pipe would be waited for, and is empty when it is read again. Throws usage. */
export async function openPlain(file: string): Promise<FileHandle> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await handle.stat()).isFile()) return handle;
  } catch (error) {
    await handle?.close();
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  }
  await handle.close();
  throw new CabincrewError("usage", `Reading the export ${file}: it is no plain file.`, {
    next: "Save the export to a file first, and name that.",
  });
}

/** Throws usage for files that are no exported run. */
export async function readExportDocument(file: string): Promise<ExportDocument> {
  const handle = await openPlain(file);
  let value: unknown;
  let behind: number | undefined;
  try {
    const { size } = await handle.stat();
    const line = await firstLine(handle, size);
    const alone = !isWhole(line) || line.length + 1 >= size;
    value = parseForeign(alone ? await readTo(handle, size) : line);
    behind = alone ? undefined : line.length + 1;
  } catch (error) {
    throw error instanceof CabincrewError
      ? error
      : toCabincrewError(error, "usage", `Reading the export ${file}`, "Check that the file arrived whole.");
  } finally {
    await handle.close();
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
const QUOTE = 0x22;

/** The bytes before the first line feed, all there are where none comes. */
async function firstLine(handle: FileHandle, size: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for (let at = 0; at < size; ) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(CHUNK, size - at)), 0, undefined, at);
    if (bytesRead === 0) break;
    const end = buffer.subarray(0, bytesRead).indexOf(LINE_FEED);
    parts.push(buffer.subarray(0, end === -1 ? bytesRead : end));
    if (end !== -1) break;
    at += bytesRead;
    assertFits(at);
  }
  return Buffer.concat(parts);
}

async function readTo(handle: FileHandle, size: number): Promise<Uint8Array> {
  assertFits(size);
  const bytes = Buffer.alloc(size);
  let done = 0;
  while (done < size) {
    const { bytesRead } = await handle.read(bytes, done, size - done, done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

function assertFits(bytes: number): void {
  if (bytes > MAX_DOCUMENT) throw new Error(`its document is larger than ${MAX_DOCUMENT_TEXT}`);
}
