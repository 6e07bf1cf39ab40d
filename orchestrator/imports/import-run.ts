/**
 * `cabincrew import`: keeps a run of another ledger in this one, as one entry (spec/adr/0014-imports.md). Everything is checked before
 * anything is written; contents and document are in the store before the entry names them.
 */
import { CabincrewError, canonicalJson, EXIT } from "../../schema/index.ts";
import type { ImportReport } from "../api.ts";
import { type Crew, timestamp } from "../crew.ts";
import { checkVoteSignatures } from "../integrity/approver-keys.ts";
import { Findings } from "../integrity/findings.ts";
import { readPublicKey } from "../integrity/verify-export.ts";
import type { ImportedRun, KeyKnown, LedgerImport } from "../ledger/import-entry.ts";
import type { RunRecord } from "../runs/record.ts";
import type { StoredEntry } from "../store/port.ts";
import { type Relation, relationOf } from "./history.ts";
import { keepContents } from "./keep-contents.ts";
import { assertUnchanged, type ProvenExport, readForImport, refused } from "./read-export.ts";
import { readSealedExport, recordIn } from "./sealed-export.ts";
import { detailOf } from "./view.ts";

export interface ImportOptions {
  /** File with the public key of the ledger the run is of, as its owner gave it. */
  readonly publicKeyFile?: string;
}

/** Another process may import the same run meanwhile; then what is here is looked at again. */
const ATTEMPTS = 3;

/**
 * Throws usage and key_invalid for the files, import_refused for an export that does not prove what it says or contradicts what is known
 * here, and what the ledger and the store throw. Then nothing was recorded.
 */
export async function importRun(crew: Crew, file: string, options: ImportOptions = {}): Promise<ImportReport> {
  const { publicKeyFile } = options;
  const pinned = publicKeyFile === undefined ? undefined : readPublicKey(publicKeyFile);
  const proven = await readForImport(file, pinned);
  await assertNoForgedVote(crew, proven);
  for (let attempt = 1; ; attempt += 1) {
    const known = await whatIsKnown(crew, proven, pinned !== undefined);
    if (known.nothing !== undefined)
      return reportOf(known.here ?? proven.record, "nothing_to_do", known.nothing, known.entry);
    try {
      return await record(crew, file, proven, known.entry, pinned !== undefined);
    } catch (error) {
      if (error instanceof CabincrewError && error.code === "disk_full")
        throw new CabincrewError("disk_full", error.message, {
          cause: error,
          detail: error.detail,
          next: "Free some space, then import it again.",
        });
      const lost = error instanceof CabincrewError && error.code === "busy" && attempt < ATTEMPTS;
      if (!lost) throw error;
    }
  }
}

/** Whoever signed the export could write any vote into it; of those that name a key known here the signature is asked. */
async function assertNoForgedVote(crew: Crew, { votes }: ProvenExport): Promise<void> {
  const findings = new Findings();
  await checkVoteSignatures(votes, crew, findings);
  const [first] = findings.all;
  if (first) throw refused(first.message, { findings: findings.all.slice(0, 20) });
}

interface Known {
  /** The import whose place the new one takes. */
  readonly entry?: LedgerImport;
  /** Why there is nothing to do, as a sentence. */
  readonly nothing?: string;
  /** The run as it is known here, where that is more than the export says. */
  readonly here?: RunRecord;
}

async function whatIsKnown({ store, content }: Crew, proven: ProvenExport, pinned: boolean): Promise<Known> {
  const { document } = proven;
  const { run_id: runId, public_key: key } = document;
  const theirs = document.entries.slice(1);
  const own = await store.load(runId);
  if (own) {
    const ours: StoredEntry[] = [];
    for await (const entry of store.entries({ runId })) ours.push(entry);
    const relation = key === store.key.publicPem ? relationOf(ours, theirs) : "differs";
    return { nothing: ownRun(runId, relation), here: own };
  }
  if (key === store.key.publicPem)
    throw refused(
      `Run ${runId} is signed with this ledger's own key, and this ledger has no such run: entries were lost here, or the key is used elsewhere.`,
      { run_id: runId },
      "Compare the state directory with its backups, and find out who else has the key, before anything else.",
    );
  const before = await store.loadImport(runId);
  if (!before) return {};
  const { entry } = before;
  if (entry.data.ledger.public_key !== key)
    throw refused(
      `Run ${runId} was imported from the ledger of key ${entry.data.ledger.key_id}; this export is signed by ${document.key_id}.`,
      { run_id: runId },
      "One of the two is not what it says: ask both owners for their public keys. The true one can be kept in a new --state-dir.",
    );
  const kept = await readSealedExport(content, entry.data.export_sha256);
  switch (relationOf(kept.entries, document.entries)) {
    case "differs":
      throw contradiction(runId, "what was imported of it before");
    case "shorter":
      return { entry, nothing: `A later state of run ${runId} was imported already.`, here: recordIn(kept) };
    case "longer":
      return { entry };
    default:
      if (proven.contents && !entry.data.contents) return { entry };
      if (pinned && entry.data.key_known !== "given") return { entry };
      return { entry, nothing: `Run ${runId} was imported already.` };
  }
}

/** Throws where the export says something else, or more, than this ledger itself. */
function ownRun(runId: string, relation: Relation): string {
  if (relation === "same" || relation === "shorter") return `Run ${runId} is a run of this ledger.`;
  if (relation === "differs") throw contradiction(runId, "this ledger, of which it is a run");
  throw refused(
    `The export knows more of run ${runId} than this ledger, of which it is a run: entries were lost here.`,
    { run_id: runId },
    "Compare the state directory with its backups before anything else.",
  );
}

function contradiction(runId: string, what: string): CabincrewError {
  return refused(
    `The export contradicts ${what}: both cannot be the history of run ${runId}.`,
    { run_id: runId },
    "Keep the file. Whoever holds the key that signed both has written two histories.",
  );
}

async function record(
  crew: Crew,
  file: string,
  proven: ProvenExport,
  before: LedgerImport | undefined,
  pinned: boolean,
): Promise<ImportReport> {
  const { document, pieces } = proven;
  const { id, proven: signed } = crew.options.principal;
  if (pieces) await keepContents(pieces(), crew.content, crew.stateDir);
  const kept = await crew.content.putBytes(Buffer.from(canonicalJson(document)));
  assertUnchanged(file, proven);
  const data: ImportedRun = {
    run_id: document.run_id,
    export_sha256: kept.sha256,
    file: proven.file,
    ledger: { key_id: document.key_id, public_key: document.public_key, head: document.head },
    key_known: await keyKnown(crew, document.public_key, before, pinned),
    contents: proven.contents || (await cameBefore(crew, before, proven)),
    by: { id, proven: signed },
    replaces: before?.seq ?? null,
  };
  const entry = await crew.store.appendImport({ data, record: proven.record, at: timestamp(crew) });
  const message = before
    ? `What was known of run ${document.run_id} was replaced by this export.`
    : `Run ${document.run_id} was imported.`;
  return reportOf(proven.record, before ? "replaced" : "imported", message, entry);
}

/** An export without contents takes away none that came with an earlier one. */
async function cameBefore(
  { content }: Crew,
  before: LedgerImport | undefined,
  { named }: ProvenExport,
): Promise<boolean> {
  if (!before?.data.contents) return false;
  for (const sha256 of named) if (!(await content.has(sha256))) return false;
  return true;
}

/** A key that was named once stays so for what the same ledger says later of the same run. */
async function keyKnown(
  { store }: Crew,
  publicKey: string,
  before: LedgerImport | undefined,
  pinned: boolean,
): Promise<KeyKnown> {
  if (pinned || before?.data.key_known === "given") return "given";
  return before === undefined && (await store.knowsKey(publicKey)) ? "before" : (before?.data.key_known ?? "first_use");
}

function reportOf(
  { run_id, state, version: events }: RunRecord,
  outcome: ImportReport["outcome"],
  message: string,
  entry: LedgerImport | undefined,
): ImportReport {
  return {
    run_id,
    outcome,
    message,
    state,
    events,
    ...(entry ? { origin: detailOf(entry) } : {}),
    exit_code: EXIT.ok,
  };
}
