/** Reads what `audit --format ndjson` or `export` wrote: lines or a bundle, both of entries with text, signature and hash. */
import { closeSync, createReadStream } from "node:fs";
import { isJsonObject, type JsonObject, toCabincrewError } from "../../schema/index.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import { carriedPieces, type Piece } from "./carried.ts";
import { type ExportDocument, openPlain, readAt, readExportDocument } from "./export-document.ts";

/** What an exported run holds, and nothing else (spec/ledger.md, clause 27). */
export const EXPORT_MEMBERS: ReadonlySet<string> = new Set([
  ...["format", "run_id", "head", "key_id", "public_key"],
  ...["entries", "plan_document", "artifacts", "outputs", "protocol"],
]);

/** A whole ledger's lines, read once for every pass; or the bundle of one run. */
export type ExportFile = { readonly kind: "lines"; rows(): AsyncIterable<EntryRow | string> } | ExportedRun;

export interface ExportedRun {
  readonly kind: "bundle";
  readonly bundle: JsonObject;
  rows(): AsyncIterable<EntryRow | string>;
  /** The contents behind the document, read anew each time; absent where the file holds none. */
  readonly pieces?: () => AsyncIterable<Piece>;
}

/** Rows come out in the order of the file; a line that is no entry comes out as a sentence. Throws usage for other files. */
export async function openExport(file: string): Promise<ExportFile> {
  const fd = openPlain(file);
  let read: ExportDocument;
  try {
    const first = readAt(fd, 0, 64).toString("latin1");
    if (/^\s*\{"body":"|^\s*\{"seq":\d+,"body":"/.test(first)) return { kind: "lines", rows: () => lines(file) };
    read = readExportDocument(fd, file);
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  } finally {
    closeSync(fd);
  }
  const { document, behind } = read;
  return { ...exportOf(document), ...(behind === undefined ? {} : { pieces: () => carriedPieces(file, behind) }) };
}

/** A document that was read already. */
export function exportOf(bundle: JsonObject): ExportedRun {
  const { entries } = bundle;
  const list = Array.isArray(entries) ? entries : [];
  return {
    kind: "bundle",
    bundle,
    async *rows() {
      for (const [index, entry] of list.entries())
        yield rowOf(entry) ?? `Entry number ${index + 1} of the file is damaged.`;
    },
  };
}

async function* lines(file: string): AsyncIterable<EntryRow | string> {
  const { createInterface } = await import("node:readline");
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line !== "") yield rowOf(parsed(line)) ?? `Line ${number} of the file is no entry of a ledger.`;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no exported entry: another member would be one that no signature covers. */
export function rowOf(value: unknown): EntryRow | undefined {
  if (!isJsonObject(value as JsonObject) || Object.keys(value as JsonObject).length !== 4) return undefined;
  const { seq, body, signature, hash } = value as JsonObject;
  if (typeof seq !== "number" || typeof body !== "string" || typeof signature !== "string" || typeof hash !== "string")
    return undefined;
  return [seq, runIdIn(body), body, signature, hash];
}

/** An exported line has no column of its own for the run; its text is all there is. */
function runIdIn(body: string): string | null {
  return (
    /","run_id":"([^"\\]{1,200})","run_seq":\d+,"seq":\d+,"state":"[A-Z_]+","step_id":"[^"\\]*","type":"[a-z_.]+"\}$/.exec(
      body,
    )?.[1] ?? null
  );
}
