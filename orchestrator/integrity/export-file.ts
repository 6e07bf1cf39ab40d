/** Reads what `audit --format ndjson` or `export` wrote: lines or a bundle, both of entries with text, signature and hash. */
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { CabincrewError, isJsonObject, type JsonObject, toCabincrewError } from "../../schema/index.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";

export const EXPORT_FORMAT = "cabincrew.export/1";

/** What an exported run holds, and nothing else (spec/ledger.md, clause 27). */
export const EXPORT_MEMBERS: ReadonlySet<string> = new Set([
  ...["format", "run_id", "head", "key_id", "public_key"],
  ...["entries", "plan_document", "artifacts", "outputs", "protocol"],
]);

/** A whole ledger's lines, read once for every pass; or the bundle of one run. */
export type ExportFile =
  | { readonly kind: "lines"; rows(): AsyncIterable<EntryRow | string> }
  | { readonly kind: "bundle"; readonly bundle: JsonObject; rows(): AsyncIterable<EntryRow | string> };

/** Rows come out in the order of the file; a line that is no entry comes out as a sentence. Throws usage for other files. */
export async function openExport(file: string): Promise<ExportFile> {
  const first = await firstBytes(file);
  const isLines = /^\s*\{"body":"|^\s*\{"seq":\d+,"body":"/.test(first);
  if (isLines) return { kind: "lines", rows: () => lines(file) };
  const bundle = await readBundle(file);
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

async function firstBytes(file: string): Promise<string> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      return buffer.toString("latin1", 0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  }
}

async function readBundle(file: string): Promise<JsonObject> {
  const { readFile } = await import("node:fs/promises");
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw toCabincrewError(error, "usage", `Reading the export ${file}`);
  }
  if (isJsonObject(value) && value["format"] === EXPORT_FORMAT) return value;
  throw new CabincrewError("usage", `${file} is neither an exported ledger nor an exported run.`, {
    next: "Make one with `cabincrew audit --format ndjson` or `cabincrew export <run>`.",
  });
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
