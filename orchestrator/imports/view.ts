/**
 * Where one run is read from: this ledger, or what was kept of another one. The view of an imported run answers what reading verbs
 * ask and nothing else; there is nothing in it by which a run could be moved.
 */
import { createPublicKey } from "node:crypto";
import { CabincrewError, canonicalJson } from "../../schema/index.ts";
import type { ImportDetail, RunOrigin } from "../api.ts";
import type { ContentSource } from "../content/index.ts";
import type { Crew } from "../crew.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { LedgerImport } from "../ledger/import-entry.ts";
import type { RunRecord } from "../runs/record.ts";
import type { ImportRow, ReadStore, StoredEntry } from "../store/port.ts";

/** What reading one run needs. A crew is one. */
export interface Reading {
  readonly store: ReadStore;
  readonly content: ContentSource;
  /** Only of an imported run. */
  readonly origin?: ImportDetail;
}

type Readable = Pick<Crew, "store" | "content">;

const MAX_MATCHES = 20;

/** Where the run that `ref` means is read from; the crew itself where no imported run fits. Throws ambiguous and ledger_corrupt. */
export async function readingOf(crew: Readable, ref: string): Promise<Reading> {
  if (!/^[0-9A-Za-z]{8,}$/.test(ref)) return crew;
  const imported = await crew.store.findImports(ref, MAX_MATCHES);
  const [only] = imported;
  if (only === undefined) return crew;
  const own = await crew.store.find(ref, { limit: MAX_MATCHES });
  if (own.length === 0 && imported.length === 1) return openImported(crew, only);
  const all = [...own.map((id) => `${id} (of this ledger)`), ...imported.map((id) => `${id} (imported)`)];
  throw new CabincrewError("ambiguous", `${ref} fits ${all.length} runs: ${all.slice(0, 10).join("; ")}.`, {
    next: "Name the run by its whole id.",
    detail: { runs: [...own, ...imported] },
  });
}

/** The view of one imported run; its row is compared with what the kept document folds to. Throws ledger_corrupt. */
export async function openImported(crew: Readable, runId: string): Promise<Reading> {
  const found = await crew.store.loadImport(runId);
  if (!found) throw new CabincrewError("not_found", `No run ${runId} was imported.`);
  const { row, entry } = found;
  const { contentsOfImport, readSealedExport, recordIn } = await import("./sealed-export.ts");
  const document = await readSealedExport(crew.content, entry.data.export_sha256);
  const record = recordIn(document);
  if (row.record !== canonicalJson(record) || row.state !== record.state || row.token !== record.token)
    throw new CabincrewError(
      "ledger_corrupt",
      `The ledger is damaged or was tampered with: the row of the imported run ${runId} is not what its export says.`,
    );
  const absent = entry.data.contents ? undefined : () => notCarried(runId);
  return {
    store: storeOf(document.entries, record, entry.data.ledger),
    content: contentsOfImport(crew.content, document, record, absent),
    origin: detailOf(entry),
  };
}

function storeOf(
  entries: readonly StoredEntry[],
  record: RunRecord,
  { key_id: keyId, public_key: publicPem }: { readonly key_id: string; readonly public_key: string },
): ReadStore {
  return {
    key: { keyId, publicPem },
    load: async (runId) => (runId === record.run_id ? record : undefined),
    // Whoever asks was told already that this run is meant.
    find: async () => [record.run_id],
    findImports: async () => [],
    async *entries({ after = 0, runId }) {
      for (const [index, entry] of entries.entries())
        if (entry.seq > after && (runId === undefined || (index > 0 && runId === record.run_id))) yield entry;
    },
    head: async () => entries.at(-1),
  };
}

/** What is said of an import besides the run itself. */
export function detailOf({ seq, at, data }: LedgerImport): ImportDetail {
  const { ledger, by, key_known, contents, export_sha256, file } = data;
  return {
    ledger: ledger.key_id,
    entry: seq,
    public_key: ledger.public_key,
    head: ledger.head,
    key_known,
    imported_at: at,
    imported_by: by,
    contents,
    export_sha256,
    file,
  };
}

/** Throws ledger_corrupt for a row that names no key. */
export function originOf({ public_key, run_id, seq }: Pick<ImportRow, "public_key" | "run_id" | "seq">): RunOrigin {
  try {
    return { ledger: keyIdOf(createPublicKey(public_key)), entry: seq };
  } catch (error) {
    throw new CabincrewError(
      "ledger_corrupt",
      `The ledger is damaged: the row of the imported run ${run_id} names no public key.`,
      { cause: error },
    );
  }
}

/** Refused: an imported run is looked at, nothing else. */
export function importedOnly(runId: string): CabincrewError {
  return new CabincrewError(
    "run_imported",
    `Run ${runId} was imported from another ledger; it can only be looked at here.`,
    {
      next: `Go to where the run lives; \`cabincrew show ${runId}\` names its ledger's key.`,
      detail: { run_id: runId },
    },
  );
}

function notCarried(runId: string): CabincrewError {
  return new CabincrewError("not_found", `The export of run ${runId} came without contents, so this is not here.`, {
    next: `Have it made with \`cabincrew export ${runId} --contents\` where the run lives, and import that file too.`,
    detail: { run_id: runId },
  });
}
