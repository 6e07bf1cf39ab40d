/** `cabincrew export <run>`: one JSON document with which an outsider can check a run and read it in the protocol's own words. */
import { CabincrewError, type Json, type JsonObject } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentSource } from "../content/index.ts";
import type { Crew } from "../crew.ts";
import { type Reading, readingOf } from "../imports/index.ts";
import { EXPORT_FORMAT } from "../integrity/export-document.ts";
import { runIdOf } from "../integrity/scope.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import type { StoredEntry } from "../store/port.ts";
import { protocolDocuments } from "./documents.ts";
import { type RunHistory, stepsOf } from "./history.ts";

/** What exporting needs of a crew. */
export type Exportable = Pick<Crew, "store" | "content">;

const PLAN_BYTES = 2 * 1024 ** 3;

/** Throws usage, not_found or ambiguous for the reference, and ledger_corrupt when the run or its content is damaged. */
export async function exportRun(crew: Exportable, ref: string): Promise<JsonObject> {
  return (await exportHistory(crew, ref)).document;
}

/** The document, and what it was made from. */
export async function exportHistory(
  from: Exportable,
  ref: string,
): Promise<{ readonly content: ContentSource; readonly document: JsonObject; readonly history: RunHistory }> {
  const crew = await readingOf(from, ref);
  const runId = await runIdOf(crew.store, ref);
  // Loading checks every signature and the projection; a damaged run is not handed out as if it were whole.
  const run = await crew.store.load(runId);
  if (!run) throw new CabincrewError("not_found", `There is no run ${runId}.`);
  const entries: StoredEntry[] = [];
  for await (const stored of crew.store.entries({ runId })) if (entries.length < run.version) entries.push(stored);
  const first = await firstEntry(crew);
  const { keyId, publicPem } = crew.store.key;
  const head = entries.at(-1);
  const history: RunHistory = { run, steps: stepsOf(entries), ...(await sealedOf(crew, run)), keyId };
  const document: JsonObject = {
    format: EXPORT_FORMAT,
    run_id: runId,
    head: head ? { seq: head.seq, hash: head.hash } : null,
    key_id: keyId,
    public_key: publicPem,
    entries: [...first, ...entries].map(plainEntry),
    plan_document: run.token ? await planDocumentOf(crew, run.token) : null,
    artifacts: history.planned as unknown as Json,
    outputs: history.outputs as unknown as Json,
    protocol: protocolDocuments(history) as Json,
  };
  return { document, history, content: crew.content };
}

/** An entry as it is exported: the text as text, so that anybody can hash it without knowing how to write JSON. */
export function plainEntry({ seq, body, signature, hash }: StoredEntry): JsonObject {
  return { seq, body, signature, hash };
}

async function firstEntry({ store }: Pick<Reading, "store">): Promise<StoredEntry[]> {
  for await (const stored of store.entries({})) return [stored];
  return [];
}

async function sealedOf(
  { content }: Pick<Reading, "content">,
  run: RunRecord,
): Promise<{ planned: readonly SealedArtifact[]; outputs: readonly SealedArtifact[] }> {
  return {
    planned: run.artifacts ? await readSealed(content, run.artifacts.list_sha256) : [],
    outputs: run.outputs_sha256 ? await readSealed(content, run.outputs_sha256) : [],
  };
}

async function planDocumentOf({ content }: Pick<Reading, "content">, token: string): Promise<Json> {
  return JSON.parse((await content.read(token, { maxBytes: PLAN_BYTES })).toString()) as Json;
}
