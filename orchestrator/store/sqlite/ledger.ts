/** What every writer of the ledger shares: its key, its first entry, one entry behind the other, and that nothing was lost. */
import type Database from "better-sqlite3";
import { CabincrewError } from "../../../schema/index.ts";
import { GENESIS_PREV, type SealedEntry, sealEntry, verifySignature } from "../../ledger/chain.ts";
import type { LedgerEntry, LedgerGenesis } from "../../ledger/event.ts";
import { assertHighWater, type HighWater, readHighWater, writeHighWater } from "../../ledger/high-water.ts";
import type { SigningKey } from "../../ledger/signing-key.ts";
import type { StoredEntry } from "../port.ts";
import { guarded } from "./guard.ts";
import { SqliteReads } from "./reads.ts";

export class SqliteLedger extends SqliteReads {
  readonly key: SigningKey;
  protected readonly newId: () => string;
  protected readonly stateDir: string;

  /** @internal */
  constructor(db: Database.Database, key: SigningKey, newId: () => string, stateDir: string) {
    super(db);
    this.key = key;
    this.newId = newId;
    this.stateDir = stateDir;
  }

  /** Writes the genesis entry of a new ledger; refuses a ledger that another key signs, or that does not say which does. */
  begin(at: string): void {
    const genesis = parseGenesis(this.firstText() ?? this.beginLedger(at) ?? this.firstText());
    if (genesis.key_id !== this.key.keyId) {
      throw new CabincrewError(
        "ledger_corrupt",
        `The ledger is signed by key ${genesis.key_id}, but keys/ holds ${this.key.keyId}.`,
        {
          next: "Restore the key that belongs to this ledger.",
        },
      );
    }
  }

  private firstText(): string | undefined {
    return guarded("Reading the ledger", () => this.sql("select body from entries where seq = 1").pluck().get()) as
      | string
      | undefined;
  }

  /** The text of the first entry; undefined where there are entries already, be it another process that began meanwhile. */
  private beginLedger(at: string): string | undefined {
    const { keyId: key_id, publicPem: public_key } = this.key;
    const place = { seq: 1, event_id: this.newId(), prev: GENESIS_PREV } as const;
    const begun = this.transaction("Beginning the ledger", () => {
      if (this.sql("select 1 from entries limit 1").get()) return undefined;
      return this.insert(
        { format: "cabincrew.ledger/1", type: "ledger.created", at, key_id, public_key, ...place },
        null,
      );
    });
    if (begun) writeHighWater(this.stateDir, { seq: 1, hash: begun.hash });
    return begun?.body;
  }

  /** The mark is read before the database, so what it names was committed, whoever appends meanwhile. */
  protected assertNothingLost(): void {
    const mark = readHighWater(this.stateDir);
    if (!mark) return;
    const found = guarded("Reading the ledger", () =>
      this.sql("select hash from entries where seq = ?").pluck().get(mark.seq),
    ) as string | undefined;
    assertHighWater(mark, found, this.stateDir);
  }

  protected transaction<T>(doing: string, work: () => T): T {
    return guarded(doing, () => this.db.transaction(work).immediate());
  }

  /** Inside of a transaction: what the next entry names as the one before it. */
  protected newest(): HighWater {
    return this.sql("select seq, hash from entries order by seq desc limit 1").get() as HighWater;
  }

  /** The entry, once its signature was found to fit and its place to be its own. */
  protected trusted(stored: StoredEntry): LedgerEntry {
    if (!verifySignature(stored.body, stored.signature, this.key.publicKey)) {
      throw corrupt(`the signature of entry ${stored.seq} does not fit its text`);
    }
    const entry = JSON.parse(stored.body) as LedgerEntry;
    if (entry.seq !== stored.seq) throw corrupt(`entry ${stored.seq} stands in the wrong place`);
    return entry;
  }

  protected insert(entry: LedgerEntry, runId: string | null): SealedEntry {
    const sealed = sealEntry(entry, this.key.privateKey);
    this.sql("insert into entries (seq, run_id, body, signature, hash) values (?, ?, ?, ?, ?)").run(
      entry.seq,
      runId,
      sealed.body,
      sealed.signature,
      sealed.hash,
    );
    return sealed;
  }
}

function parseGenesis(body = ""): LedgerGenesis {
  try {
    const entry = JSON.parse(body) as LedgerEntry;
    if (entry.type === "ledger.created") return entry;
  } catch {
    // falls through: text that is no JSON is as damaged as a wrong first entry
  }
  throw corrupt("its first entry does not say which key signs it");
}

export function corrupt(what: string): CabincrewError {
  return new CabincrewError("ledger_corrupt", `The ledger is damaged or was tampered with: ${what}.`);
}

export function conflict(runId: string): CabincrewError {
  return new CabincrewError("busy", `Another process changed run ${runId} at the same moment.`, {
    next: "Look at it with `cabincrew show`, then try again.",
  });
}
