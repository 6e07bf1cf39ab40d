/**
 * `cabincrew verify` (row A14): the whole chain, and of every run (or the named ones) transitions, projections, approvals
 * and stored content. Damage becomes findings; only what prevents looking at all is thrown.
 */
import { CabincrewError } from "../../schema/index.ts";
import type { VerifyReport } from "../api.ts";
import type { Crew } from "../crew.ts";
import { type HighWater, highWaterProblem, readHighWater } from "../ledger/high-water.ts";
import { publicPartProblem } from "../ledger/signing-key.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import { type LedgerScan, openScan } from "../store/sqlite/scan.ts";
import { checkVoteSignatures } from "./approver-keys.ts";
import type { Findings } from "./findings.ts";
import { type FirstPart, splitPlace, startFirstPart } from "./first-part.ts";
import { checkNotedHead, readNotedHead } from "./noted-head.ts";
import { LedgerPass } from "./pass.ts";
import { checkOrphans } from "./projections.ts";
import { runIdsOf } from "./scope.ts";
import type { SplitOptions } from "./split-options.ts";

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

/** Throws usage and not_found for the options, busy and state_unusable for the database; all else is a finding. */
export async function verifyLedger(
  crew: Verifiable,
  options: VerifyOptions = {},
  split: SplitOptions = {},
): Promise<VerifyReport> {
  const began = performance.now();
  const noted = options.expectHead === undefined ? undefined : await readNotedHead(options.expectHead);
  const only = options.run === undefined ? undefined : await runsNamed(crew, options.run);
  const thorough = options.thorough ?? false;
  // The store is opened first: a ledger that somebody took out of its journal mode is put back only while nobody reads it.
  const { publicKey: key } = crew.store.key;
  const mark = readHighWater(crew.stateDir);
  const scan = openScan(crew.stateDir);
  let first: FirstPart | undefined;
  let pass: LedgerPass;
  let imports = 0;
  try {
    const after = only ? undefined : splitPlace(scan, split);
    first = after === undefined ? undefined : startFirstPart(crew, { to: after, thorough });
    const part = first && { after, before: first.result, doubt: first.doubt };
    pass = await passed(new LedgerPass(scan, crew.content, { key, thorough, only, ...part }));
    if (pass.inDoubt) {
      await first?.stop();
      first = undefined;
      pass = await passed(new LedgerPass(scan, crew.content, { key, thorough, only }));
    }
    await pass.reading(async () => {
      const { findings } = pass;
      if (!only) checkOrphans(scan, findings);
      if (scan.hasImports()) {
        const { checkImports } = await import("./check-imports.ts");
        imports = await checkImports(scan, crew.content, findings, only);
      }
      const problem = publicPartProblem(crew.stateDir, crew.store.key);
      if (problem) findings.add("ledger_corrupt", "keys/ledger.pub.pem", `The file keys/ledger.pub.pem ${problem}.`);
      const hidden = scan.entryOutOfSight();
      if (hidden)
        findings.add("ledger_corrupt", `entry ${hidden}`, `Entry ${hidden} stands where no entry is counted.`);
      if (!pass.chain.last) findings.add("ledger_corrupt", "entry 1", "The ledger is empty.");
      if (noted) checkNotedHead(scan, noted, crew.store.key, findings);
      checkHighWater(scan, mark, findings);
      if (findings.met > 0) return;
      const { problem: torn } = (await first?.pages) ?? { problem: scan.pageProblem(thorough) };
      if (torn) findings.add("ledger_corrupt", "cabincrew.db", `The database file is damaged: ${torn}.`);
    });
  } finally {
    await first?.stop();
    scan.close();
  }
  const { findings, votes } = pass;
  const unknown = await checkVoteSignatures(votes, crew, findings);
  return {
    ok: findings.all.length === 0,
    events: pass.events,
    runs: pass.runs,
    head: headOf(pass.chain.last, crew.store.key.keyId),
    findings: findings.all,
    checked: checkedParts({ contents: pass.contents, votes: votes.length, unknown, imports }, options),
    duration_ms: Math.round(performance.now() - began),
  };
}

/** Runs of this ledger and imported ones. Throws usage and not_found. */
async function runsNamed({ store }: Verifiable, ref: string): Promise<ReadonlySet<string>> {
  const imported = /^[0-9A-Za-z]{8,}$/.test(ref) ? await store.findImports(ref, 1000) : [];
  const own = await runIdsOf(store, ref).catch((error: unknown) => {
    if (imported.length > 0 && error instanceof CabincrewError && error.code === "not_found") return [];
    throw error;
  });
  return new Set([...own, ...imported]);
}

async function passed(pass: LedgerPass): Promise<LedgerPass> {
  await pass.entries();
  await pass.rest();
  return pass;
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

function checkedParts(
  { contents, votes, unknown, imports }: Readonly<Record<"contents" | "votes" | "unknown" | "imports", number>>,
  options: VerifyOptions,
): string[] {
  const unchecked = unknown > 0 ? `, ${unknown} by keys that are in no authority file any more` : "";
  return [
    "chain",
    options.thorough ? "every signature" : "signatures",
    "transitions",
    "projections",
    `artifacts (${contents} contents)`,
    `approvals (${votes} signed votes${unchecked})`,
    ...(imports > 0 ? [`imported runs (${imports})`] : []),
    ...(options.expectHead === undefined ? [] : ["expected head"]),
  ];
}
