/** What is asked of the ledger and its projections; nothing here writes. Statements are prepared once and kept. */
import type Database from "better-sqlite3";
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
    const rows = filter.state
      ? this.sql("select record from runs where state = ? and run_id < ? order by run_id desc limit ?").all(
          filter.state,
          before,
          filter.limit,
        )
      : this.sql("select record from runs where run_id < ? order by run_id desc limit ?").all(before, filter.limit);
    return (rows as Pick<RunRow, "record">[]).map((row) => JSON.parse(row.record) as RunRecord);
  }

  async find(prefix: string, options: FindOptions): Promise<readonly string[]> {
    const range = (text: string): [string, string] => [text, `${text}\uffff`];
    if (options.awaitingApproval) {
      return this.sql(
        "select run_id from runs where state = 'AWAITING_APPROVAL' and token >= ? and token < ? order by run_id desc limit ?",
      )
        .pluck()
        .all(...range(prefix.toLowerCase()), options.limit) as string[];
    }
    const byId = this.sql("select run_id from runs where run_id >= ? and run_id < ? order by run_id limit ?").pluck();
    const byToken = this.sql(
      "select run_id from runs where token is not null and token >= ? and token < ? limit ?",
    ).pluck();
    const found = [
      ...byId.all(...range(prefix.toUpperCase()), options.limit),
      ...byToken.all(...range(prefix.toLowerCase()), options.limit),
    ] as string[];
    return [...new Set(found)];
  }

  async open(): Promise<readonly string[]> {
    return this.sql("select run_id from runs where state not in ('COMPLETED', 'FAILED', 'CANCELLED') order by run_id")
      .pluck()
      .all() as string[];
  }

  async *entries(options: { after?: number; runId?: string }): AsyncIterable<StoredEntry> {
    // Pages, so that a reader holds no lock on the file between two of them.
    let after = options.after ?? 0;
    for (;;) {
      const page = (
        options.runId
          ? this.sql(
              "select seq, body, signature, hash from entries where run_id = ? and seq > ? order by seq limit 1000",
            ).all(options.runId, after)
          : this.sql("select seq, body, signature, hash from entries where seq > ? order by seq limit 1000").all(after)
      ) as StoredEntry[];
      yield* page;
      const last = page.at(-1);
      if (!last) return;
      after = last.seq;
    }
  }

  async *projections(): AsyncIterable<{ runId: string; record: RunRecord }> {
    let after = "";
    for (;;) {
      const page = this.sql("select run_id, record from runs where run_id > ? order by run_id limit 500").all(
        after,
      ) as RunRow[];
      for (const row of page)
        yield {
          runId: row.run_id,
          record: JSON.parse(row.record) as RunRecord,
        };
      const last = page.at(-1);
      if (!last) return;
      after = last.run_id;
    }
  }

  async head(): Promise<StoredEntry | undefined> {
    return this.sql("select seq, body, signature, hash from entries order by seq desc limit 1").get() as
      | StoredEntry
      | undefined;
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
