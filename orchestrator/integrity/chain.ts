/**
 * The chain of a ledger, entry by entry (spec/ledger.md). An entry whose successor names its hash is vouched for by that
 * successor; so only the last entry of each unbroken stretch needs its own signature checked, and a break ends a stretch.
 */
import crypto, { createHash, type KeyObject } from "node:crypto";
import { GENESIS_PREV, verifySignature } from "../ledger/chain.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import { type ReadEntry, readEntry } from "./entry-text.ts";
import type { Findings } from "./findings.ts";
import { readUsual } from "./usual-entry.ts";

/** One-shot hashing is a third faster; Node has it from 20.12 on. */
const hashOf: (text: string) => string =
  typeof crypto.hash === "function"
    ? (text) => crypto.hash("sha256", text)
    : (text) => createHash("sha256").update(text).digest("hex");

export interface ChainOptions {
  readonly key: KeyObject;
  /** Gives back an entry that was passed already; needed to find where a stretch with a wrong signature begins to be wrong. */
  readonly entryAt: (seq: number) => EntryRow | undefined;
  /** Check every signature, not only the last of each unbroken stretch. */
  readonly thorough: boolean;
  /** Entries of one run stand apart from one another: gaps are no finding, each stretch is checked by itself. */
  readonly gaps?: boolean;
}

export class ChainChecker {
  events = 0;
  last: EntryRow | undefined;
  private readonly findings: Findings;
  private readonly options: ChainOptions;
  private stretchFrom = 1;
  private lastHash = GENESIS_PREV;

  constructor(findings: Findings, options: ChainOptions) {
    this.findings = findings;
    this.options = options;
  }

  /** Begins behind an entry that is itself checked with the part before; call it first. */
  beginAfter(row: EntryRow): void {
    this.last = row;
    this.lastHash = hashOf(`${row[2]}\n${row[3]}`);
    this.stretchFrom = row[0] + 1;
  }

  /** Checks the next entry; what its text says, or undefined when the text is unusable. */
  accept(row: EntryRow): ReadEntry | undefined {
    const [seq, runId, body, signature, hash, hashed = `${body}\n${signature}`] = row;
    const expected = (this.last?.[0] ?? 0) + 1;
    const actualHash = hashOf(hashed);
    const place = readUsual(body, runId, this.lastHash) ?? readEntry(body);
    let follows = seq === expected;
    if (!follows && !(this.options.gaps && seq > expected)) this.gap(expected, seq);
    if (typeof place === "string") this.corrupt(seq, `Entry ${seq} is damaged: ${place}.`);
    else if (place.seq !== seq) this.corrupt(seq, `Entry ${seq} is the text of entry ${place.seq}.`);
    else if (place.runId !== runId)
      this.corrupt(seq, `Entry ${seq} is filed under run ${runId}, but its text is of run ${place.runId}.`);
    if (hash !== actualHash) this.corrupt(seq, `The hash of entry ${seq} is not that of its text and signature.`);
    if (follows && typeof place !== "string" && place.prev !== this.lastHash) {
      follows = false;
      this.corrupt(seq, `Entry ${seq} does not name the hash of the entry before it; one of the two was changed.`);
    }
    if (!follows || typeof place === "string") this.endStretch(seq);
    else if (this.options.thorough && this.last) this.signature(this.last);
    this.last = row;
    this.lastHash = actualHash;
    this.events += 1;
    return typeof place === "string" ? undefined : place;
  }

  /** Call after the last entry. */
  finish(): void {
    this.endStretch(Number.POSITIVE_INFINITY);
  }

  private gap(expected: number, seq: number): void {
    if (seq < expected) this.corrupt(seq, `Entry ${seq} stands behind entry ${expected - 1}.`);
    else {
      const which = expected === seq - 1 ? `Entry ${expected} is` : `Entries ${expected} to ${seq - 1} are`;
      this.findings.add("ledger_corrupt", `entry ${expected}`, `${which} missing.`);
    }
  }

  /** Walks back from the end of a stretch to the newest entry whose signature holds; all behind that one are not signed by the key. */
  private endStretch(next: number): void {
    const end = this.last;
    if (end) {
      let wrongFrom: number | undefined;
      for (let row: EntryRow | undefined = end; row && row[0] >= this.stretchFrom; ) {
        if (this.signed(row)) break;
        wrongFrom = row[0];
        if (this.options.thorough) break;
        row = this.options.entryAt(row[0] - 1);
      }
      if (wrongFrom !== undefined) this.unsigned(wrongFrom, end[0]);
    }
    this.stretchFrom = next;
  }

  private signature(row: EntryRow): void {
    if (!this.signed(row)) this.unsigned(row[0], row[0]);
  }

  private signed([, , body, signature]: EntryRow): boolean {
    return verifySignature(body, signature, this.options.key);
  }

  private unsigned(from: number, to: number): void {
    const message =
      from === to
        ? `The signature of entry ${from} does not fit its text and the ledger's key.`
        : `Entries ${from} to ${to} are not vouched for by a signature of the ledger's key.`;
    this.corrupt(from, message);
  }

  private corrupt(seq: number, message: string): void {
    this.findings.add("ledger_corrupt", `entry ${seq}`, message);
  }
}
