import type { EventDraft, LedgerEntry } from "../ledger/event.ts";
import type { ImportedRun, LedgerImport } from "../ledger/import-entry.ts";
import type { SigningKey } from "../ledger/signing-key.ts";
import type { RunRecord } from "../runs/record.ts";
import type { RunState } from "../states/states.ts";

export interface AppendRequest {
  readonly runId: string;
  /** The run's version the caller acted on; 0 opens a new run. */
  readonly expectedVersion: number;
  readonly events: readonly EventDraft[];
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** One stored line of the ledger, as it is hashed and signed. */
export interface StoredEntry {
  readonly seq: number;
  readonly body: string;
  readonly signature: string;
  readonly hash: string;
}

export interface RunFilter {
  readonly limit: number;
  readonly state?: RunState;
  /** Only runs older than this run id. */
  readonly before?: string;
}

export interface FindOptions {
  readonly limit: number;
  /** Only runs whose plan-token begins so and that wait for approval. */
  readonly awaitingApproval?: boolean;
}

/**
 * The one place where state changes. `append` is atomic and durable: all events and every projection, or nothing; it
 * rejects with `busy` when another process changed the run first (compare-and-set), with `plan_used` when the events
 * claim a plan that took off meanwhile, with `disk_full`, `ledger_corrupt` or `state_unusable` as the disk has it.
 * Asynchronous so that a networked database can stand behind it (DESIGN section 1).
 */
export interface RunStore {
  append(request: AppendRequest): Promise<RunRecord>;
  /** Folds the run's own events after checking each signature; a projection that disagrees is `ledger_corrupt`. */
  load(runId: string): Promise<RunRecord | undefined>;
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly RunRecord[]>;
  /** Ids of runs whose id or plan-token begins with `prefix`. */
  find(prefix: string, options: FindOptions): Promise<readonly string[]>;
  /** Runs that have not ended, oldest first. */
  open(): Promise<readonly string[]>;
  /** Ledger entries in order, from `after` (exclusive), of one run or of all. */
  entries(options: { after?: number; runId?: string }): AsyncIterable<StoredEntry>;
  /** Every projection row as it stands, for the verifier. */
  projections(): AsyncIterable<{
    readonly runId: string;
    readonly record: RunRecord;
  }>;
  /** Newest entry, or undefined for an empty ledger. */
  head(): Promise<StoredEntry | undefined>;
  /** The latest time that the newest entries behind `after` (exclusive) carry; undefined where there are none. */
  latestTime(after: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Parses a stored line back; the caller has checked or will check its signature. */
export function parseEntry(entry: StoredEntry): LedgerEntry {
  return JSON.parse(entry.body) as LedgerEntry;
}

/** What is shown of an imported run where many are: a fold of the import at `seq`, as `runs` is one of events. */
export interface ImportRow {
  readonly run_id: string;
  /** Place of the import that counts. */
  readonly seq: number;
  readonly state: RunState;
  readonly token: string | null;
  /** SPKI PEM of the ledger the run is of. */
  readonly public_key: string;
  /** RFC 8785 form of the run's record there. */
  readonly record: string;
}

export interface ImportRequest {
  readonly data: ImportedRun;
  /** What the imported entries fold to. */
  readonly record: RunRecord;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Runs of other ledgers, which can be looked at and nothing else. No method of `RunStore` knows of them. */
export interface ImportStore {
  /** Atomic and durable. Rejects with `busy` when the run is here otherwise than `data.replaces` says, and as `append` does. */
  appendImport(request: ImportRequest): Promise<LedgerImport>;
  /** Newest first. */
  listImports(filter: RunFilter): Promise<readonly ImportRow[]>;
  /** Ids of imported runs whose id or plan-token begins with `prefix`. */
  findImports(prefix: string, limit: number): Promise<readonly string[]>;
  /** The row and the import behind it, whose signature was checked; `ledger_corrupt` where they do not belong together. */
  loadImport(runId: string): Promise<{ readonly row: ImportRow; readonly entry: LedgerImport } | undefined>;
  /** Whether a run of the ledger with this key (SPKI PEM) was imported. */
  knowsKey(publicPem: string): Promise<boolean>;
}

/** What reading one run needs of a ledger: of this one, or of what came with an imported run. */
export interface ReadStore
  extends Pick<RunStore, "load" | "find" | "entries" | "head">,
    Pick<ImportStore, "findImports"> {
  readonly key: Pick<SigningKey, "keyId" | "publicPem">;
}
