/**
 * The imports of a ledger: each must be what its kept document proves, go on from the one it takes the place of, and the rows of imported
 * runs must be what the last import of each says. That the entries themselves stand in the chain is checked with all others.
 */
import { CabincrewError, canonicalJson, isJsonObject, type JsonObject, whyOf } from "../../schema/index.ts";
import type { ContentStore } from "../content/index.ts";
import { documentProblem, type ExportedDocument, publicKeyOf } from "../imports/exported-run.ts";
import { relationOf } from "../imports/history.ts";
import { importProblem } from "../imports/import-shape.ts";
import { contentsOfImport, readSealedExport } from "../imports/sealed-export.ts";
import type { LedgerImport } from "../ledger/import-entry.ts";
import type { RunRecord } from "../runs/record.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import type { LedgerScan } from "../store/sqlite/scan.ts";
import { checkExport } from "./check-export.ts";
import { ContentChecker } from "./content.ts";
import { exportOf } from "./export-file.ts";
import { Findings } from "./findings.ts";

/** What is remembered of the last import of a run while the next ones are looked at. */
interface Last {
  readonly seq: number;
  readonly key: string;
  readonly hashes: readonly { readonly hash: string }[];
  /** Undefined where the import is damaged, which was said. */
  readonly record: RunRecord | undefined;
}

/** `only`: these runs. Returns how many imports there are. */
export async function checkImports(
  scan: LedgerScan,
  content: ContentStore,
  findings: Findings,
  only?: ReadonlySet<string>,
): Promise<number> {
  const last = new Map<string, Last>();
  let imports = 0;
  for (const row of scan.imports()) {
    const entry = readImport(row, findings);
    if (!entry || (only && !only.has(entry.data.run_id))) continue;
    imports += 1;
    const where = `import at entry ${entry.seq}`;
    const wrong = (message: string) => findings.add("ledger_corrupt", where, message);
    last.set(entry.data.run_id, await checkImport(entry, content, last.get(entry.data.run_id), findings, wrong));
  }
  checkRows(scan, last, findings, only);
  return imports;
}

function readImport([seq, , body]: EntryRow, findings: Findings): LedgerImport | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(body);
  } catch {
    return undefined; // A text that is no JSON was found with the chain.
  }
  if (!isJsonObject(entry) || entry["type"] !== "run.imported") return undefined;
  const problem = importProblem(entry);
  if (problem === undefined) return entry as unknown as LedgerImport;
  findings.add("ledger_corrupt", `entry ${seq}`, `Entry ${seq} is no import of a run: ${problem}.`);
  return undefined;
}

async function checkImport(
  { seq, data }: LedgerImport,
  content: ContentStore,
  before: Last | undefined,
  findings: Findings,
  wrong: (message: string) => void,
): Promise<Last> {
  const { run_id: runId, ledger } = data;
  if ((before?.seq ?? null) !== data.replaces)
    wrong(
      `It says it takes the place of entry ${data.replaces}; the import of run ${runId} before it is entry ${before?.seq ?? "none"}.`,
    );
  if (before && before.key !== ledger.public_key)
    wrong(`It is of another ledger than the import of run ${runId} before it.`);
  const broken: Last = { seq, key: ledger.public_key, hashes: before?.hashes ?? [], record: undefined };
  const document = await readKept(data.export_sha256, content, wrong);
  if (!document) return broken;
  const record = await provenRecord(document, data, findings, `import at entry ${seq}`);
  if (!record) return broken;
  const relation = relationOf(before?.hashes ?? [], document.entries);
  if (relation !== "same" && relation !== "longer") wrong(`It contradicts the import of run ${runId} before it.`);
  if (data.contents)
    await new ContentChecker(contentsOfImport(content, document, record, undefined), findings).check(record);
  return { seq, key: ledger.public_key, hashes: document.entries.map(({ hash }) => ({ hash })), record };
}

async function readKept(
  sha256: string,
  content: ContentStore,
  wrong: (message: string) => void,
): Promise<ExportedDocument | undefined> {
  let document: ExportedDocument;
  try {
    document = await readSealedExport(content, sha256);
  } catch (error) {
    if (!(error instanceof CabincrewError || error instanceof SyntaxError)) throw error;
    wrong(`The kept export is not intact: ${whyOf(error)}`);
    return undefined;
  }
  const problem = isJsonObject(document) ? documentProblem(document as unknown as JsonObject) : "it is no object";
  if (problem === undefined) return document;
  wrong(`The kept export cannot be read: ${problem}`);
  return undefined;
}

/** What the document proves, as far as that is what the import says of it. */
async function provenRecord(
  document: ExportedDocument,
  { run_id, ledger }: LedgerImport["data"],
  findings: Findings,
  where: string,
): Promise<RunRecord | undefined> {
  const found = new Findings();
  const key = publicKeyOf(document);
  const same =
    document.run_id === run_id &&
    document.key_id === ledger.key_id &&
    document.public_key === ledger.public_key &&
    canonicalJson(document.head) === canonicalJson(ledger.head);
  if (!same || !key)
    found.add("ledger_corrupt", where, "The kept export is of another run, ledger or head than it says.");
  const checked = key
    ? await checkExport(exportOf(document as unknown as JsonObject), key, { protocol: false })
    : undefined;
  for (const { code, where: place, message } of [...found.all, ...(checked?.findings.all ?? [])])
    findings.add(code, place === where ? where : `${where}, ${place}`, message);
  return found.met + (checked?.findings.met ?? 0) === 0 ? checked?.run?.run : undefined;
}

function checkRows(
  scan: LedgerScan,
  last: ReadonlyMap<string, Last>,
  findings: Findings,
  only: ReadonlySet<string> | undefined,
): void {
  const rows = new Map(scan.importRows().map((row) => [row.run_id, row]));
  const wrong = (runId: string, what: string) => findings.add("ledger_corrupt", `run ${runId}`, what);
  for (const [runId, { seq, key, record }] of last) {
    const row = rows.get(runId);
    if (scan.hasRun(runId)) wrong(runId, `Run ${runId} was imported and is a run of this ledger as well.`);
    if (!row) wrong(runId, `The row of the imported run ${runId} is missing.`);
    else if (row.seq !== seq || row.public_key !== key)
      wrong(runId, `The row of the imported run ${runId} is not of its last import, entry ${seq}.`);
    else if (
      record &&
      (row.record !== canonicalJson(record) || row.state !== record.state || row.token !== record.token)
    )
      wrong(runId, `The row of the imported run ${runId} is not what its export says.`);
  }
  for (const runId of rows.keys())
    if (!last.has(runId) && (!only || only.has(runId)))
      wrong(runId, `There is a row of an imported run ${runId}, but no import of such a run.`);
}
