/** Compares every column of a run's projections with what its events fold to. */
import { canonicalJson } from "../../schema/index.ts";
import type { RunRecord } from "../runs/record.ts";
import type { ClaimRow, LedgerScan, Projections } from "../store/sqlite/scan.ts";
import { type Findings, MAX_FINDINGS } from "./findings.ts";
import type { FoldedRun } from "./fold.ts";

/** `repeated`: whether any plan was claimed twice; only then is it asked which came first. */
export function checkProjections(
  scan: LedgerScan,
  findings: Findings,
  runs: readonly FoldedRun[],
  repeated: boolean,
): void {
  const rows = scan.projections(
    runs.map(({ record }) => record.run_id),
    repeated,
  );
  for (const [index, run] of runs.entries()) checkProjection(scan, findings, run, rows[index] ?? {});
}

function checkProjection(
  scan: LedgerScan,
  findings: Findings,
  { record, claimSeq }: FoldedRun,
  { run: row, claim }: Projections,
): void {
  const wrong = (what: string) =>
    findings.add("ledger_corrupt", `run ${record.run_id}`, `The projection of run ${record.run_id} is wrong: ${what}.`);
  if (!row) wrong("it is missing");
  else {
    if (row.version !== record.version) wrong(`it is at version ${row.version}, the events at ${record.version}`);
    if (row.state !== record.state) wrong(`its state is ${row.state}, the events say ${record.state}`);
    if (row.token !== record.token) wrong(`its plan-token is ${row.token}, the events say ${record.token}`);
    const difference = row.record === canonicalJson(record) ? undefined : differingKeys(row.record, record);
    if (difference) wrong(`its record differs from the events in ${difference}`);
  }
  checkClaim(claim, findings, record, claimSeq);
  if (claim?.earlier && claim.earlier > record.opened_seq)
    wrong(`${scan.claimAt(claim.earlier, claim)} had taken off with the same plan on the same workspace before`);
}

/** Rows that belong to no entry at all: the other direction of the comparison. */
export function checkOrphans(scan: LedgerScan, findings: Findings): void {
  for (const { table, run_id } of scan.orphans(MAX_FINDINGS)) {
    const what = table === "runs" ? "a projection" : "the claim of a plan";
    findings.add("ledger_corrupt", `run ${run_id}`, `There is ${what} of run ${run_id}, but no event of such a run.`);
  }
}

/** A plan takes off once, and the claim says with which entry. */
function checkClaim(claim: ClaimRow | undefined, findings: Findings, record: RunRecord, claimSeq: number | null): void {
  const wrong = (what: string) =>
    findings.add("ledger_corrupt", `run ${record.run_id}`, `The claim of run ${record.run_id} ${what}.`);
  if (claimSeq === null) {
    if (claim) wrong("is there, but the run never took off");
  } else if (!claim) wrong("is missing, although the run took off");
  else if (claim.seq !== claimSeq || claim.token !== record.token || claim.workspace !== record.spec.workspace)
    wrong("does not name the plan, workspace and entry with which the run took off");
}

function differingKeys(text: string, record: RunRecord): string {
  let stored: Record<string, unknown>;
  try {
    stored = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return "everything: it is not JSON";
  }
  const expected: Record<string, unknown> = { ...record };
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(stored ?? {})])];
  const different = keys.filter((key) => canonicalOrNull(stored?.[key]) !== canonicalOrNull(expected[key]));
  return different.length > 0 ? different.join(", ") : "the way it is written";
}

function canonicalOrNull(value: unknown): string | null {
  return value === undefined ? null : canonicalJson(value);
}
