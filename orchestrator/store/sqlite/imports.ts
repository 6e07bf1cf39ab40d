/** Runs of other ledgers: their rows, and the one way in which such a row comes to be. Nothing that moves a run asks here. */
import { CabincrewError, canonicalJson } from "../../../schema/index.ts";
import { writeHighWater } from "../../ledger/high-water.ts";
import type { ImportedRun, LedgerImport } from "../../ledger/import-entry.ts";
import type { ImportRequest, ImportRow, ImportStore, RunFilter, StoredEntry } from "../port.ts";
import { guarded } from "./guard.ts";
import { corrupt, SqliteLedger } from "./ledger.ts";

const COLUMNS = "run_id, seq, state, token, public_key, record";

export class SqliteImports extends SqliteLedger implements ImportStore {
  async appendImport({ data, record, at }: ImportRequest): Promise<LedgerImport> {
    this.assertNothingLost();
    const { entry, hash } = this.transaction(`Recording the import of run ${data.run_id}`, () => {
      if (this.sql("select 1 from runs where run_id = ?").get(data.run_id)) throw changed(data);
      const before = this.sql("select seq from imports where run_id = ?").pluck().get(data.run_id) as
        | number
        | undefined;
      if ((before ?? null) !== data.replaces) throw changed(data);
      if (before !== this.lastImport(data.run_id))
        throw corrupt(`the row of the imported run ${data.run_id} is not of its last import`);
      const { seq, hash: prev } = this.newest();
      const place = { at, event_id: this.newId(), prev, seq: seq + 1 };
      const entry: LedgerImport = { format: "cabincrew.import/1", type: "run.imported", data, ...place };
      const { hash } = this.insert(entry, null);
      this.sql(`insert or replace into imports (${COLUMNS}) values (?, ?, ?, ?, ?, ?)`).run(
        data.run_id,
        entry.seq,
        record.state,
        record.token,
        data.ledger.public_key,
        canonicalJson(record),
      );
      return { entry, hash };
    });
    writeHighWater(this.stateDir, { seq: entry.seq, hash });
    return entry;
  }

  async listImports({ limit, state, before = "\uffff" }: RunFilter): Promise<readonly ImportRow[]> {
    const behind = "run_id < ? order by run_id desc limit ?";
    return state
      ? this.importRows(`select ${COLUMNS} from imports where state = ? and ${behind}`, state, before, limit)
      : this.importRows(`select ${COLUMNS} from imports where ${behind}`, before, limit);
  }

  async findImports(prefix: string, limit: number): Promise<readonly string[]> {
    const range = (text: string): [string, string] => [text, `${text}\uffff`];
    const columns = `select ${COLUMNS} from imports where`;
    const found = [
      ...this.importRows(`${columns} run_id >= ? and run_id < ? limit ?`, ...range(prefix.toUpperCase()), limit),
      ...this.importRows(
        `${columns} token is not null and token >= ? and token < ? limit ?`,
        ...range(prefix.toLowerCase()),
        limit,
      ),
    ];
    return [...new Set(found.map((row) => row.run_id))];
  }

  async loadImport(runId: string): Promise<{ readonly row: ImportRow; readonly entry: LedgerImport } | undefined> {
    this.assertNothingLost();
    const [row] = this.importRows(`select ${COLUMNS} from imports where run_id = ?`, runId);
    if (!row) return undefined;
    const stored = guarded("Reading the ledger", () =>
      this.sql("select seq, body, signature, hash from entries where seq = ?").get(row.seq),
    ) as StoredEntry | undefined;
    const entry = stored && this.trusted(stored);
    if (entry?.type !== "run.imported" || entry.data.run_id !== runId)
      throw corrupt(`no import stands behind the row of run ${runId}`);
    if (entry.data.ledger.public_key !== row.public_key)
      throw corrupt(`the row of the imported run ${runId} names another key than its import`);
    return { row, entry };
  }

  async knowsKey(publicPem: string): Promise<boolean> {
    return this.importRows(`select ${COLUMNS} from imports where public_key = ? limit 1`, publicPem).length > 0;
  }

  /** Place of the last import of a run as the entries say; looks through all imports, which are few. */
  private lastImport(runId: string): number | undefined {
    const text =
      "select seq from entries where run_id is null and seq > 1 and instr(body, ?) > 0 order by seq desc limit 1";
    return this.sql(text).pluck().get(`"run_id":"${runId}"`) as number | undefined;
  }

  private importRows(text: string, ...values: readonly (string | number)[]): readonly ImportRow[] {
    const statement = this.sql(text);
    return guarded("Reading the imported runs", () => statement.all(...values)) as readonly ImportRow[];
  }
}

function changed({ run_id }: ImportedRun): CabincrewError {
  return new CabincrewError("busy", `Another process recorded run ${run_id} at the same moment.`);
}
