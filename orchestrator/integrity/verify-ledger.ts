/**
 * `cabincrew verify` (row A14): the whole chain, and of every run (or the named ones) transitions, projections, approvals
 * and stored content. Damage becomes findings; only what prevents looking at all is thrown.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { CabincrewError } from "../../schema/index.ts";
import type { VerifyReport } from "../api.ts";
import type { Crew } from "../crew.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { type HighWater, highWaterProblem, readHighWater } from "../ledger/high-water.ts";
import { publicPartProblem } from "../ledger/signing-key.ts";
import { type EntryRow, type LedgerScan, openScan } from "../store/sqlite/scan.ts";
import type { VoteAt } from "./approvals.ts";
import { checkVoteSignatures } from "./approver-keys.ts";
import { ChainChecker } from "./chain.ts";
import { ContentChecker } from "./content.ts";
import { Findings } from "./findings.ts";
import { type FoldedRun, RunFolder } from "./fold.ts";
import { checkNotedHead, readNotedHead } from "./noted-head.ts";
import { checkOrphans, checkProjections } from "./projections.ts";
import { runIdsOf } from "./scope.ts";

export interface VerifyOptions {
  /** Run id, plan-token or prefix: the chain is still checked whole, the rest of these runs only. */
  readonly run?: string;
  /**
   * Hash of an entry that must be in the ledger, or a file that names one (`readNotedHead`): without it, a ledger rolled back as a
   * whole looks intact.
   */
  readonly expectHead?: string;
  /** Every signature instead of the ones that vouch for all others, and the canonical form of every text. */
  readonly thorough?: boolean;
}

/** What verifying needs of a crew. */
export type Verifiable = Pick<Crew, "store" | "content" | "stateDir" | "options">;

/** Folded runs wait in memory until there are this many; then their projections and contents are looked up together. */
const BATCH = 500;

/** Throws usage and not_found for the options, busy and state_unusable for the database; all else is a finding. */
export async function verifyLedger(crew: Verifiable, options: VerifyOptions = {}): Promise<VerifyReport> {
  const began = performance.now();
  const findings = new Findings();
  const noted = options.expectHead === undefined ? undefined : await readNotedHead(options.expectHead);
  const only = options.run === undefined ? undefined : new Set(await runIdsOf(crew.store, options.run));
  const content = new ContentChecker(crew.content, findings);
  const votes: VoteAt[] = [];
  const mark = readHighWater(crew.stateDir);
  const scan = openScan(crew.stateDir);
  let chain: ChainChecker | undefined;
  let runs = 0;
  try {
    const thorough = options.thorough ?? false;
    chain = new ChainChecker(findings, {
      key: crew.store.key.publicKey,
      entryAt: (seq) => scan.entryAt(seq),
      thorough,
    });
    const waiting: FoldedRun[] = [];
    const checkFolded = async (): Promise<void> => {
      const folded = waiting.splice(0);
      checkProjections(scan, findings, folded, repeated);
      for (const { record } of folded) await content.check(record);
    };
    const repeated = scan.hasRepeatedClaims();
    const folder = new RunFolder(findings, {
      canonical: thorough || only !== undefined,
      folded: (run) => waiting.push(run),
      signed: (vote) => votes.push(vote),
    });
    for (const page of scan.entries()) {
      for (const row of page) {
        const place = chain.accept(row);
        if (row[0] === 1) checkGenesis(row, crew.store.key.keyId, findings);
        else if (place && (!only || only.has(place.runId ?? ""))) followRun(folder, row, place.event, findings);
      }
      if (waiting.length >= BATCH) await checkFolded();
    }
    chain.finish();
    for (const run of folder.rest()) {
      waiting.push(run);
      if (waiting.length >= BATCH) await checkFolded();
    }
    await checkFolded();
    runs = folder.runs;
    if (!only) checkOrphans(scan, findings);
    const problem = publicPartProblem(crew.stateDir, crew.store.key);
    if (problem) findings.add("ledger_corrupt", "keys/ledger.pub.pem", `The file keys/ledger.pub.pem ${problem}.`);
    if (!chain.last) findings.add("ledger_corrupt", "entry 1", "The ledger is empty.");
    if (noted) checkNotedHead(scan, noted, crew.store.key, findings);
    checkHighWater(scan, mark, findings);
    const torn = findings.all.length === 0 ? scan.pageProblem(options.thorough ?? false) : undefined;
    if (torn) findings.add("ledger_corrupt", "cabincrew.db", `The database file is damaged: ${torn}.`);
  } catch (error) {
    // What SQLite itself cannot read any more is damage like any other.
    if (!(error instanceof CabincrewError) || error.code !== "ledger_corrupt") throw error;
    findings.add("ledger_corrupt", `after entry ${chain?.last?.[0] ?? 0}`, error.message);
  } finally {
    scan.close();
  }
  const unknown = await checkVoteSignatures(votes, crew, findings);
  return {
    ok: findings.all.length === 0,
    events: chain?.events ?? 0,
    runs,
    head: headOf(chain?.last, crew.store.key.keyId),
    findings: findings.all,
    checked: checkedParts(content.count, votes.length, unknown, options),
    duration_ms: Math.round(performance.now() - began),
  };
}

function followRun(folder: RunFolder, row: EntryRow, event: LedgerEvent | undefined, findings: Findings): void {
  if (event) folder.accept(event, row[2]);
  else findings.add("ledger_corrupt", `entry ${row[0]}`, `Entry ${row[0]} begins a ledger inside of this one.`);
}

function checkGenesis(row: EntryRow, keyId: string, findings: Findings): void {
  const problem = genesisProblem(row[2], keyId);
  if (problem) findings.add("ledger_corrupt", "entry 1", `The first entry of the ledger is wrong: ${problem}.`);
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

/** Only where nothing else was found: damage that has a name already needs no second one. */
function checkHighWater(scan: LedgerScan, mark: HighWater | undefined, findings: Findings): void {
  const at = mark && scan.entryAt(mark.seq);
  const problem = highWaterProblem(mark, at?.[0] === mark?.seq ? at?.[4] : undefined);
  if (problem && findings.all.length === 0) findings.add("ledger_corrupt", `entry ${mark?.seq ?? 0}`, problem);
}

function headOf(last: EntryRow | undefined, key_id: string): VerifyReport["head"] {
  return last ? { seq: last[0], hash: last[4], signature: last[3], key_id } : null;
}

function checkedParts(contents: number, votes: number, unknown: number, options: VerifyOptions): string[] {
  const unchecked = unknown > 0 ? `, ${unknown} by keys that are in no authority file any more` : "";
  return [
    "chain",
    options.thorough ? "every signature" : "signatures",
    "transitions",
    "projections",
    `artifacts (${contents} contents)`,
    `approvals (${votes} signed votes${unchecked})`,
    ...(options.expectHead === undefined ? [] : ["expected head"]),
  ];
}
