/**
 * The verifier's own view of the database: read-only, one snapshot from its first read to `close`, rows as they are stored.
 * A writer may append meanwhile; the scan does not see it, so entries and projections always belong together.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { CabincrewError } from "../../../schema/index.ts";
import type { ImportRow } from "../port.ts";
import { openSqlite } from "./database.ts";
import { type EntryRow, ROW_TEXT, rowOf } from "./entry-row.ts";
import { guarded } from "./guard.ts";

export interface RunRow {
  readonly run_id: string;
  readonly version: number;
  readonly state: string;
  readonly token: string | null;
  readonly record: string;
}

export interface ClaimRow {
  readonly run_id: string;
  readonly token: string;
  readonly workspace: string;
  readonly seq: number;
  /** Place of the newest claim of the same plan on the same workspace before this one; null where there is none or nobody asked. */
  readonly earlier: number | null;
}

/** What the projections say of one run; absent where there is no row. */
export interface Projections {
  readonly run?: RunRow;
  readonly claim?: ClaimRow;
}

/** version, state, token, record of `runs`; token, workspace, seq of `claims` and the claim before; nulls where there is no row. */
type ProjectionColumns = readonly [
  run_id: string,
  version: number | null,
  state: string,
  token: string | null,
  record: string,
  plan: string,
  workspace: string,
  seq: number | null,
  earlier: number | null,
];

const PROJECTION_COLUMNS =
  "runs.version, runs.state, runs.token, runs.record, claims.token, claims.workspace, claims.seq";
const EARLIER_CLAIM = `(select max(earlier.seq) from claims as earlier
   where earlier.token = claims.token and earlier.workspace = claims.workspace and earlier.seq < claims.seq)`;
/** So many runs are read from one id to another, and of what lies between them twice as many more. */
const NEIGHBOURS = 50;

/** Rows fetched at once: enough to forget the cost of a query, few enough to stay in the processor's cache. */
const PAGE = 125;

/** Nearly all is read once and in order: pages that stay in the processor's cache are worth more than many kept for nobody. */
const CACHE_KIB = 2048;

/** Every method throws what SQLite reports as `ledger_corrupt`, `busy` or `state_unusable`. */
export class LedgerScan {
  private readonly db: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.db = db;
  }

  /** Pages of the entries behind one place and up to another, in order. */
  *entries(behind = -1, to = Number.MAX_SAFE_INTEGER): Generator<readonly EntryRow[]> {
    for (let after = behind; ; ) {
      const page = guarded(`Reading the ledger after entry ${Math.max(after, 0)}`, () => this.page(after, to));
      const last = page.at(-1);
      if (!last) return;
      yield page;
      after = last[0];
    }
  }

  private page(after: number, to: number): readonly EntryRow[] {
    const some = `from entries where seq > ? and seq <= ? order by seq limit ${PAGE}`;
    const texts = this.sql(`select ${ROW_TEXT} ${some}`).pluck().all(after, to) as (string | number | null)[];
    const rows = texts.map((text) => (typeof text === "string" ? rowOf(text) : this.entryAt(text ?? -1)));
    if (!texts.includes(null)) return rows as readonly EntryRow[];
    return this.sql(`select seq, run_id, body, signature, hash ${some}`).raw().all(after, to) as EntryRow[];
  }

  /** The entry at or, when there is none, before a place. */
  entryAt(seq: number): EntryRow | undefined {
    return this.get<EntryRow>(
      "select seq, run_id, body, signature, hash from entries where seq <= ? order by seq desc limit 1",
      [seq],
      true,
    );
  }

  /**
   * The projections of each of these runs, in their order. Runs that end together began together, so most rows are neighbours:
   * they are read in stretches, in a third of the time of one look-up each; what that does not find is looked up. `repeated`: ask
   * for earlier claims as well.
   */
  projections(runIds: readonly string[], repeated: boolean): readonly Projections[] {
    const wanted = new Set(runIds);
    const found = new Map<string, Projections>();
    const keep = (rows: readonly ProjectionColumns[]) => {
      for (const row of rows) if (wanted.has(row[0])) found.set(row[0], projectionsOf(row));
    };
    const sorted = [...wanted].sort();
    const columns = `${PROJECTION_COLUMNS}, ${repeated ? EARLIER_CLAIM : "null"}`;
    const stretch = `select runs.run_id, ${columns} from runs left join claims on claims.run_id = runs.run_id
       where runs.run_id between ? and ? order by runs.run_id limit ${3 * NEIGHBOURS}`;
    for (let at = 0; at < sorted.length; at += NEIGHBOURS)
      keep(this.columns(stretch, sorted[at], sorted[Math.min(at + NEIGHBOURS, sorted.length) - 1]));
    const missing = sorted.filter((id) => !found.has(id));
    const single = `select ids.value, ${columns}
       from json_each(?) as ids left join runs on runs.run_id = ids.value left join claims on claims.run_id = ids.value`;
    if (missing.length > 0) keep(this.columns(single, JSON.stringify(missing)));
    return runIds.map((id) => found.get(id) ?? {});
  }

  /** The entries that are of no run here, in order, without the one that begins the ledger; few, and found by an index. */
  *imports(): Generator<EntryRow> {
    for (let after = 1; ; ) {
      const text =
        "select seq, run_id, body, signature, hash from entries where run_id is null and seq > ? order by seq limit 1";
      const row = this.get<EntryRow>(text, [after], true);
      if (!row) return;
      yield row;
      after = row[0];
    }
  }

  /** Whether there is an import or a row of one. */
  hasImports(): boolean {
    const text =
      "select 1 where exists (select 1 from entries where run_id is null and seq > 1) or exists (select 1 from imports)";
    return this.get(text, []) !== undefined;
  }

  /** What the table of imported runs says of one of them, or of all. */
  importRows(runId?: string): readonly ImportRow[] {
    const text = "select run_id, seq, state, token, public_key, record from imports";
    return guarded("Reading the imported runs", () =>
      runId === undefined ? this.sql(text).all() : this.sql(`${text} where run_id = ?`).all(runId),
    ) as ImportRow[];
  }

  /** Whether an entry of this ledger is of this run. */
  hasRun(runId: string): boolean {
    return this.get("select 1 from entries where run_id = ? limit 1", [runId]) !== undefined;
  }

  /** Whether any plan was claimed more than once on one workspace. */
  hasRepeatedClaims(): boolean {
    const text = "select 1 from claims group by token, workspace having count(*) > 1 limit 1";
    return this.get(text, []) !== undefined;
  }

  /** The run that a claim with this place is of. */
  claimAt(seq: number, { token, workspace }: ClaimRow): string | undefined {
    const text = "select run_id from claims where token = ? and workspace = ? and seq = ? limit 1";
    return this.get<Pick<ClaimRow, "run_id">>(text, [token, workspace, seq])?.run_id;
  }

  /** Projection rows that no entry stands behind; at most `limit` of each kind. */
  orphans(limit: number): readonly { readonly table: "runs" | "claims"; readonly run_id: string }[] {
    return (["runs", "claims"] as const).flatMap((table) =>
      guarded("Reading the projections", () =>
        this.sql(
          `select run_id from ${table} where not exists (select 1 from entries where entries.run_id = ${table}.run_id) limit ?`,
        ).all(limit),
      ).map((row) => ({ table, run_id: (row as { run_id: string }).run_id })),
    );
  }

  /**
   * What SQLite finds wrong with its own pages, the indexes included, which the other questions need not touch. `thorough`
   * compares every row of a table with its indexes as well.
   */
  pageProblem(thorough: boolean): string | undefined {
    const [problem] = guarded("Reading the pages of the ledger", () =>
      this.db.pragma(thorough ? "integrity_check(1)" : "quick_check(1)", { simple: false }),
    ) as Record<string, string>[];
    const [text = "ok"] = Object.values(problem ?? {});
    return text === "ok" ? undefined : text;
  }

  /** Whether an entry has this hash. A scan of the whole ledger. */
  hasHash(hash: string): boolean {
    return this.get("select 1 as found from entries where hash = ? limit 1", [hash]) !== undefined;
  }

  /** A place that no reader of the ledger comes by, before the first or beyond what JavaScript can count, where an entry is. */
  entryOutOfSight(): string | undefined {
    const text = "select cast(seq as text) as seq from entries where seq < 0 or seq > 9007199254740991 limit 1";
    return this.get<{ readonly seq: string }>(text, [])?.seq;
  }

  /** Place of the last entry, 0 when there is none. */
  lastSeq(): number {
    return this.entryAt(Number.MAX_SAFE_INTEGER)?.[0] ?? 0;
  }

  close(): void {
    this.db.close();
  }

  private columns(text: string, ...values: readonly (string | undefined)[]): readonly ProjectionColumns[] {
    const statement = this.sql(text).raw();
    return guarded("Reading the projections", () => statement.all(...values)) as ProjectionColumns[];
  }

  private get<Row>(text: string, values: readonly (string | number)[], raw = false): Row | undefined {
    const statement = this.sql(text);
    if (raw) statement.raw();
    return guarded("Reading the ledger", () => statement.get(...values)) as Row | undefined;
  }

  private sql(text: string): Database.Statement {
    let statement = this.statements.get(text);
    if (!statement) {
      statement = guarded("Reading the ledger", () => this.db.prepare(text));
      this.statements.set(text, statement);
    }
    return statement;
  }
}

function projectionsOf(row: ProjectionColumns): Projections {
  const [run_id, version, state, token, record, plan, workspace, seq, earlier] = row;
  const run = version === null ? undefined : { run_id, version, state, token, record };
  const claim = seq === null ? undefined : { run_id, token: plan, workspace, seq, earlier };
  return { ...(run && { run }), ...(claim && { claim }) };
}

/** Opens the ledger of a state directory for reading. Throws not_found when there is none. */
export function openScan(stateDir: string): LedgerScan {
  const file = path.join(stateDir, "cabincrew.db");
  if (!existsSync(file)) throw new CabincrewError("not_found", `There is no ledger in ${stateDir}.`);
  return guarded(`Opening the ledger ${file} for reading`, () => {
    const db = openSqlite(file, { readonly: true, timeout: 30_000 });
    try {
      db.pragma(`cache_size = -${CACHE_KIB}`);
      db.exec("begin");
      return new LedgerScan(db);
    } catch (error) {
      db.close();
      throw error;
    }
  });
}
