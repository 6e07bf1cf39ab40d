/** The document of an import as it lies in the store, and what of the run's contents follows from it. */
import { Readable } from "node:stream";
import { CabincrewError, canonicalJson } from "../../schema/index.ts";
import type { ContentSource } from "../content/index.ts";
import { foldRun } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import { type ExportedDocument, eventsIn } from "./exported-run.ts";

/** Canonical form is shorter than what was read. */
const DOCUMENT_BYTES = 512 << 20;

/** Throws ledger_corrupt where the store lacks it or holds something else. */
export async function readSealedExport(content: ContentSource, sha256: string): Promise<ExportedDocument> {
  const bytes = await content.read(sha256, { maxBytes: DOCUMENT_BYTES });
  return JSON.parse(bytes.toString()) as ExportedDocument;
}

/** What the entries of a sealed document fold to. */
export function recordIn(document: Pick<ExportedDocument, "entries">): RunRecord {
  const record = foldRun(eventsIn(document));
  if (!record) throw new CabincrewError("ledger_corrupt", "An imported run has no events.");
  return record;
}

/**
 * The contents of an imported run: lists, plan and metadata are written again out of the document, all else is in the store. `absent`
 * is thrown for what is not there, where the export came without contents.
 */
export function contentsOfImport(
  content: ContentSource,
  document: ExportedDocument,
  record: RunRecord,
  absent: ((sha256: string) => CabincrewError) | undefined,
): ContentSource {
  const derived = derivedOf(document, record);
  const find = async (sha256: string): Promise<Buffer | undefined> => {
    const value = derived.get(sha256);
    if (value !== undefined) return Buffer.from(canonicalJson(value));
    if (absent && !(await content.has(sha256))) throw absent(sha256);
    return undefined;
  };
  return {
    has: async (sha256) => derived.has(sha256) || content.has(sha256),
    read: async (sha256, options) => (await find(sha256)) ?? content.read(sha256, options),
    openStream: async (sha256) => {
      const bytes = await find(sha256);
      return bytes ? Readable.from([bytes], { objectMode: false }) : content.openStream(sha256);
    },
    verify: async (sha256) => (await find(sha256))?.length ?? content.verify(sha256),
  };
}

function derivedOf(document: ExportedDocument, record: RunRecord): ReadonlyMap<string, unknown> {
  const { artifacts, outputs, plan_document } = document;
  const derived = new Map<string, unknown>();
  for (const { metadata_sha256, document: described } of [...artifacts, ...outputs])
    derived.set(metadata_sha256, described);
  if (record.artifacts) derived.set(record.artifacts.list_sha256, artifacts);
  if (record.outputs_sha256) derived.set(record.outputs_sha256, outputs);
  if (record.token !== null && plan_document) derived.set(record.token, plan_document);
  return derived;
}
