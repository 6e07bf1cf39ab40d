/**
 * One pass over the entries of a ledger, or over one part of it: the chain, and of every run transitions, projections and content.
 * A part need not begin where runs begin: what it holds of runs from before waits until the part before hands them over.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { CabincrewError } from "../../schema/index.ts";
import type { ContentStore } from "../content/index.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import type { LedgerScan } from "../store/sqlite/scan.ts";
import type { VoteAt } from "./approvals.ts";
import { ChainChecker } from "./chain.ts";
import { ContentChecker } from "./content.ts";
import type { Doubt } from "./doubt.ts";
import { Findings } from "./findings.ts";
import { type FoldedRun, type Folding, RunFolder } from "./fold.ts";
import { checkProjections } from "./projections.ts";

export interface PassOptions {
  readonly key: KeyObject;
  readonly thorough: boolean;
  /** Runs to be followed; all when absent. */
  readonly only?: ReadonlySet<string> | undefined;
  /** The part begins behind this place and ends at that one. */
  readonly after?: number | undefined;
  readonly to?: number | undefined;
  /** Raised with the first finding, and ends the pass, its own and that of the other part; for parts, which have one. */
  readonly doubt?: Doubt | undefined;
  /** What the part before found; asked for when it is needed, at the latest after the last entry. Undefined raises doubt. */
  readonly before?: Promise<PartResult | undefined> | undefined;
}

/** What one part, in which nothing was wrong, hands to the next; plain data, so that it can come from another thread. */
export interface PartResult {
  readonly events: number;
  readonly runs: number;
  /** Addresses of the contents that were looked at. */
  readonly contents: readonly string[];
  readonly votes: readonly VoteAt[];
  /** Runs that had not ended, by id. */
  readonly going: readonly (readonly [runId: string, folding: Folding])[];
  /** Hash of its last entry. */
  readonly hash: string;
}

/** Folded runs wait in memory until there are this many; then their projections and contents are looked up together. */
const BATCH = 50;
/** Of events of runs from the part before so many are kept; then it is waited for. */
const MOST_EARLY = 20_000;

export class LedgerPass {
  readonly findings = new Findings();
  readonly votes: VoteAt[] = [];
  readonly chain: ChainChecker;
  private readonly scan: LedgerScan;
  private readonly options: PassOptions;
  private readonly content: ContentChecker;
  private readonly folder: RunFolder;
  private readonly waiting: FoldedRun[] = [];
  private repeated = true;
  private before: Promise<PartResult | undefined> | undefined;
  private earlier = { events: 0, runs: 0, contents: new Set<string>() };
  private whole = true;
  /** Hash of the entry that the part begins behind. */
  private began: string | undefined;

  constructor(scan: LedgerScan, content: ContentStore, options: PassOptions) {
    const { key, thorough, only, before } = options;
    this.scan = scan;
    this.options = options;
    this.before = before;
    this.content = new ContentChecker(content, this.findings);
    this.chain = new ChainChecker(this.findings, {
      key,
      entryAt: (seq) => scan.entryAt(seq),
      thorough,
    });
    this.folder = new RunFolder(this.findings, {
      canonical: thorough || only !== undefined,
      folded: (run) => this.waiting.push(run),
      signed: (vote) => this.votes.push(vote),
      inside: before !== undefined,
    });
  }

  /** Entries that were checked, those of the part before among them. */
  get events(): number {
    return this.chain.events + this.earlier.events;
  }

  get runs(): number {
    return this.folder.runs + this.earlier.runs;
  }

  get contents(): number {
    return new Set([...this.earlier.contents, ...this.content.addresses]).size;
  }

  /** Checks all entries of the part. */
  async entries(): Promise<void> {
    const { after, to } = this.options;
    await this.reading(async () => {
      this.repeated = this.scan.hasRepeatedClaims();
      const previous = after === undefined ? undefined : this.scan.entryAt(after);
      if (previous) this.chain.beginAfter(previous);
      this.began = previous?.[4];
      for (const page of this.scan.entries(after, to)) {
        for (const row of page) this.accept(row);
        if (this.waiting.length >= BATCH) await this.checkFolded();
        if (this.folder.early >= MOST_EARLY) await this.join();
        if (this.inDoubt) return;
      }
      await this.join();
      this.chain.finish();
    });
  }

  /** Whether this part and the other one say nothing; asked for after `rest` or `result`. Never where there is one part. */
  get inDoubt(): boolean {
    const { doubt } = this.options;
    if (this.findings.met > 0) doubt?.raise();
    return doubt?.raised ?? false;
  }

  /** Runs that have not ended: what is left once no entry can follow. */
  async rest(): Promise<void> {
    await this.reading(async () => {
      for (const run of this.folder.rest()) {
        this.waiting.push(run);
        if (this.waiting.length >= BATCH) await this.checkFolded();
      }
      await this.checkFolded();
    });
  }

  /** What SQLite itself cannot read any more is damage like any other: a finding, after which nothing more is read. */
  async reading(check: () => Promise<void>): Promise<void> {
    if (!this.whole) return;
    try {
      await check();
    } catch (error) {
      if (!(error instanceof CabincrewError) || error.code !== "ledger_corrupt") throw error;
      this.whole = false;
      this.findings.add("ledger_corrupt", `after entry ${this.chain.last?.[0] ?? 0}`, error.message);
    }
  }

  /** What the next part needs of this one, instead of `rest`; undefined in doubt. */
  async result(): Promise<PartResult | undefined> {
    const going = this.folder.handOver();
    await this.reading(() => this.checkFolded());
    if (this.inDoubt) return undefined;
    const { events, runs, votes } = this;
    return { events, runs, contents: [...this.content.addresses], votes, going, hash: this.chain.last?.[4] ?? "" };
  }

  private accept(row: EntryRow): void {
    const [seq, , body] = row;
    const place = this.chain.accept(row);
    if (seq === 1) this.genesis(body);
    else if (place && (!this.options.only || this.options.only.has(place.runId ?? ""))) {
      if (place.event) this.folder.accept(place.event, body);
      else if (!place.imported)
        this.findings.add("ledger_corrupt", `entry ${seq}`, `Entry ${seq} begins a ledger inside of this one.`);
    }
  }

  private genesis(body: string): void {
    const problem = genesisProblem(body, keyIdOf(this.options.key));
    if (problem) this.findings.add("ledger_corrupt", "entry 1", `The first entry of the ledger is wrong: ${problem}.`);
  }

  private async join(): Promise<void> {
    if (!this.before) return;
    const part = await this.before;
    this.before = undefined;
    // What the part before ended with is what this one began behind, and no run began in both.
    if (!part || part.hash !== this.began || !this.folder.continueWith(part.going)) {
      this.options.doubt?.raise();
      return;
    }
    const { events, runs, contents, votes } = part;
    this.earlier = { events, runs, contents: new Set(contents) };
    this.votes.push(...votes);
    this.votes.sort((a, b) => a.seq - b.seq);
  }

  private async checkFolded(): Promise<void> {
    const folded = this.waiting.splice(0);
    checkProjections(this.scan, this.findings, folded, this.repeated);
    for (const { record } of folded) await this.content.check(record);
  }
}

/** What is wrong with the text that begins a ledger signed by key `keyId`; undefined when nothing is. */
export function genesisProblem(body: string, keyId: string): string | undefined {
  let key: KeyObject;
  let named: unknown;
  try {
    const entry = JSON.parse(body) as Record<string, unknown>;
    if (entry["type"] !== "ledger.created") return "it is an event of a run";
    named = entry["key_id"];
    key = createPublicKey(String(entry["public_key"]));
  } catch {
    return "it holds no usable public key";
  }
  if (keyIdOf(key) !== named) return "its key id is not that of its public key";
  return named === keyId ? undefined : `it names key ${String(named)}, the ledger's key is ${keyId}`;
}
