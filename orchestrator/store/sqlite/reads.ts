/** What is asked of the ledger and its projections; nothing here writes. Statements are prepared once and kept. */
import type Database from "better-sqlite3";
import { CabincrewError } from "../../../schema/index.ts";
import type { RunRecord } from "../../runs/record.ts";
import type { FindOptions, RunFilter, StoredEntry } from "../port.ts";
import { guarded } from "./guard.ts";

export type RunRow = {
  run_id: string;
  version: number;
  state: string;
  token: string | null;
  record: string;
};

/** What JavaScript counts exactly; an entry beyond would be read again and again (`verify` tells of it). */
const READ = "seq <= 9007199254740991";

/**
 * How many entries are asked for their time: a clock that was set back shows in the newest ones, and the answer must not take
 * longer as the ledger grows.
 */
const NEWEST = 10_000;

export class SqliteReads {
  /** @internal The library's types must not need the driver's. */
  protected readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();

  /** @internal */
  constructor(db: Database.Database) {
    this.db = db;
  }

  async list(filter: RunFilter): Promise<readonly RunRecord[]> {
    const before = filter.before ?? "\uffff";
    const rows: readonly RunRow[] = filter.state
      ? this.rows(
          "select run_id, record from runs where state = ? and run_id < ? order by run_id desc limit ?",
          filter.state,
          before,
          filter.limit,
        )
      : this.rows(
          "select run_id, record from runs where run_id < ? order by run_id desc limit ?",
          before,
          filter.limit,
        );
    return rows.map(recordOf);
  }

  async find(prefix: string, options: FindOptions): Promise<readonly string[]> {
    const range = (text: string): [string, string] => [text, `${text}\uffff`];
    if (options.awaitingApproval) {
      // Named, since SQLite prefers the index in the order asked for, and then reads every run that waits.
      return this.column(
        "select run_id from runs indexed by runs_awaiting where state = 'AWAITING_APPROVAL' and token >= ? and token < ? order by run_id desc limit ?",
        ...range(prefix.toLowerCase()),
        options.limit,
      );
    }
    const byId = "select run_id from runs where run_id >= ? and run_id < ? order by run_id limit ?";
    const byToken = "select run_id from runs where token is not null and token >= ? and token < ? limit ?";
    const found = [
      ...this.column(byId, ...range(prefix.toUpperCase()), options.limit),
      ...this.column(byToken, ...range(prefix.toLowerCase()), options.limit),
    ];
    return [...new Set(found)];
  }

  async open(): Promise<readonly string[]> {
    return this.column(
      "select run_id from runs where state not in ('COMPLETED', 'FAILED', 'CANCELLED') order by run_id",
    );
  }

  async *entries(options: { after?: number; runId?: string }): AsyncIterable<StoredEntry> {
    const columns = "select seq, body, signature, hash from entries where";
    // Pages, so that a reader holds no lock on the file between two of them.
    let after = options.after ?? 0;
    for (;;) {
      const page: readonly StoredEntry[] = options.runId
        ? this.rows(`${columns} run_id = ? and seq > ? and ${READ} order by seq limit 1000`, options.runId, after)
        : this.rows(`${columns} seq > ? and ${READ} order by seq limit 1000`, after);
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last.seq;
    }
  }

  async *projections(): AsyncIterable<{ runId: string; record: RunRecord }> {
    let after = "";
    for (;;) {
      const page = this.rows<RunRow>(
        "select run_id, record from runs where run_id > ? order by run_id limit 500",
        after,
      );
      for (const row of page) yield { runId: row.run_id, record: recordOf(row) };
      const last = page.at(-1);
      if (!last) return;
      after = last.run_id;
    }
  }

  async head(): Promise<StoredEntry | undefined> {
    return this.rows<StoredEntry>("select seq, body, signature, hash from entries order by seq desc limit 1")[0];
  }

  async latestTime(after: number): Promise<string | undefined> {
    // `at` is the first key of an entry's canonical text, so SQLite need not parse any of them.
    const times = `select substr(body, 8, 24) as at from entries where seq > ? and ${READ} order by seq desc limit ${NEWEST}`;
    return this.column(`select max(at) from (${times}) having max(at) is not null`, after)[0];
  }

  private rows<Row>(text: string, ...values: readonly (string | number)[]): readonly Row[] {
    const statement = this.sql(text);
    return guarded("Reading the ledger", () => statement.all(...values)) as readonly Row[];
  }

  private column(text: string, ...values: readonly (string | number)[]): readonly string[] {
    const statement = this.sql(text).pluck();
    return guarded("Reading the ledger", () => statement.all(...values)) as readonly string[];
  }

  /** @internal */
  protected sql(text: string): Database.Statement {
    let statement = this.statements.get(text);
    if (!statement) {
      statement = guarded("Reading the ledger", () => this.db.prepare(text));
      this.statements.set(text, statement);
    }
    return statement;
  }
}

function recordOf({ run_id, record }: Pick<RunRow, "run_id" | "record">): RunRecord {
  try {
    return JSON.parse(record) as RunRecord;
  } catch (error) {
    throw new CabincrewError("ledger_corrupt", `The ledger is damaged: what it holds of run ${run_id} is no JSON.`, {
      cause: error,
    });
  }
}
