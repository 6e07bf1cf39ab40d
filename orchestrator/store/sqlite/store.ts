/**
 * The ledger and its projections in one SQLite file. Each append is one IMMEDIATE transaction: place the events behind the
 * head, sign them, fold them, compare-and-set the run. Nothing else writes.
 */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { CabincrewError, canonicalJson } from "../../../schema/index.ts";
import type { LedgerEvent } from "../../ledger/event.ts";
import { assertHighWater, readHighWater, writeHighWater } from "../../ledger/high-water.ts";
import { loadSigningKey } from "../../ledger/signing-key.ts";
import { applyEvent, foldRun } from "../../runs/fold.ts";
import type { RunRecord } from "../../runs/record.ts";
import type { AppendRequest, RunStore, StoredEntry } from "../port.ts";
import { guarded } from "./guard.ts";
import { SqliteImports } from "./imports.ts";
import { conflict, corrupt } from "./ledger.ts";
import { databaseFile, openDatabase } from "./open.ts";
import type { RunRow } from "./reads.ts";

export interface SqliteStoreOptions {
  readonly stateDir: string;
  /** False: an existing ledger or nothing; commands that only read never make one. */
  readonly create: boolean;
  /** Makes event ids that sort by time. */
  readonly newId: () => string;
  /** RFC 3339 UTC, for the genesis entry. */
  readonly now: () => string;
}

export function openSqliteStore(options: SqliteStoreOptions): SqliteStore {
  const { stateDir } = options;
  // Read before the file is looked for: another process may begin the ledger between the two.
  const mark = readHighWater(stateDir);
  if (!existsSync(databaseFile(stateDir))) assertHighWater(mark, undefined, stateDir);
  const db = openDatabase(stateDir, options);
  try {
    const empty = isEmpty(db);
    if (empty) assertNeverBegun(db, stateDir);
    const key = loadSigningKey(stateDir, { create: empty });
    const store = new SqliteStore(db, key, options.newId, stateDir);
    store.begin(options.now());
    return store;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isEmpty(db: Database.Database): boolean {
  return guarded("Reading the ledger", () => db.prepare("select 1 from entries limit 1").get()) === undefined;
}

/** What a begun ledger leaves beside itself is looked for first, then the ledger again: another process may begin it meanwhile. */
function assertNeverBegun(db: Database.Database, stateDir: string): void {
  const stored = holdsContent(stateDir);
  const mark = readHighWater(stateDir);
  if (!isEmpty(db)) return;
  if (stored) throw emptied(stateDir);
  assertHighWater(mark, undefined, stateDir);
}

/** Whether content was stored. Whatever else lies there is what a crash may leave. */
function holdsContent(stateDir: string): boolean {
  const store = path.join(stateDir, "store");
  return existsSync(store) && readdirSync(store).some((name) => /^[0-9a-f]{2}$/.test(name));
}

/** Content is stored only after the ledger has begun: where there is some, a ledger without entries is one that was emptied. */
function emptied(stateDir: string): CabincrewError {
  return new CabincrewError(
    "ledger_corrupt",
    `The ledger in ${stateDir} is empty, but its store holds content of runs.`,
    {
      next: "Restore the ledger from a backup, or name a new directory with --state-dir.",
    },
  );
}

export class SqliteStore extends SqliteImports implements RunStore {
  async append(request: AppendRequest): Promise<RunRecord> {
    this.assertNothingLost();
    const { record, head } = this.transaction(
      `Recording ${request.events.map((event) => event.type).join(", ")}`,
      () => {
        const before = this.current(request);
        let head = this.newest();
        let record = before;
        for (const draft of request.events) {
          const seq = head.seq + 1;
          const place = { run_id: request.runId, seq, at: request.at };
          record = applyEvent(record, draft, place);
          const event: LedgerEvent = {
            ...draft,
            ...place,
            format: "cabincrew.event/1",
            event_id: this.newId(),
            step_id: record.spec.step_id,
            run_seq: record.version,
            state: record.state,
            prev: head.hash,
          };
          if (draft.type === "take_off.started") this.claim(record, draft.data.token, seq);
          head = { seq, hash: this.insert(event, request.runId).hash };
        }
        if (!record) throw new CabincrewError("internal", "Nothing was appended.");
        this.project(record, request.expectedVersion);
        return { record, head };
      },
    );
    writeHighWater(this.stateDir, head);
    return record;
  }

  async load(runId: string): Promise<RunRecord | undefined> {
    this.assertNothingLost();
    const { rows, row } = this.snapshot(runId);
    if (rows.length === 0 && !row) return undefined;
    const events = rows.map((stored) => this.event(stored));
    for (const [index, event] of events.entries()) {
      if (event.run_id !== runId || event.run_seq !== index + 1) {
        throw corrupt(`entry ${event.seq} is not event ${index + 1} of run ${runId}`);
      }
    }
    const record = foldRun(events);
    if (
      !record ||
      !row ||
      canonicalJson(record) !== row.record ||
      record.state !== row.state ||
      record.token !== row.token
    ) {
      throw corrupt(`the projection of run ${runId} is not what its events say`);
    }
    return record;
  }

  async close(): Promise<void> {
    this.db.close();
  }

  private snapshot(runId: string): {
    rows: StoredEntry[];
    row: RunRow | undefined;
  } {
    return guarded(`Reading run ${runId}`, () =>
      this.db.transaction(() => ({
        rows: this.sql("select seq, body, signature, hash from entries where run_id = ? order by seq").all(
          runId,
        ) as StoredEntry[],
        row: this.sql("select * from runs where run_id = ?").get(runId) as RunRow | undefined,
      }))(),
    );
  }

  private event(stored: StoredEntry): LedgerEvent {
    const entry = this.trusted(stored);
    if (entry.type === "ledger.created" || entry.type === "run.imported")
      throw corrupt(`entry ${stored.seq} stands in the wrong place`);
    return entry;
  }

  private current(request: AppendRequest): RunRecord | null {
    const row = this.sql("select version, record from runs where run_id = ?").get(request.runId) as RunRow | undefined;
    if ((row?.version ?? 0) !== request.expectedVersion) throw conflict(request.runId);
    return row ? (JSON.parse(row.record) as RunRecord) : null;
  }

  /** A plan takes off once: not while another run took off with the same token on the same workspace since this one opened. */
  private claim(record: RunRecord, token: string, seq: number): void {
    const { workspace } = record.spec;
    const used = this.sql("select run_id from claims where token = ? and workspace = ? and seq > ? limit 1")
      .pluck()
      .get(token, workspace, record.opened_seq) as string | undefined;
    if (used) {
      throw new CabincrewError("plan_used", `Run ${used} already took off with this plan on ${workspace}.`, {
        detail: { run_id: used },
      });
    }
    this.sql("insert into claims (run_id, token, workspace, seq) values (?, ?, ?, ?)").run(
      record.run_id,
      token,
      workspace,
      seq,
    );
  }

  private project(record: RunRecord, expectedVersion: number): void {
    const text = canonicalJson(record);
    const values = [record.version, record.state, record.token, text, record.run_id] as const;
    const { changes } =
      expectedVersion === 0
        ? this.sql(
            "insert into runs (version, state, token, record, run_id) values (?, ?, ?, ?, ?) on conflict do nothing",
          ).run(...values)
        : this.sql(
            "update runs set version = ?, state = ?, token = ?, record = ? where run_id = ? and version = ?",
          ).run(...values, expectedVersion);
    if (changes !== 1) throw conflict(record.run_id);
  }
}
