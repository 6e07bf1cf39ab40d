/** What an export proves by itself: the chain as far as it is there, signatures, transitions, and of one run all that follows from it. */
import type { KeyObject } from "node:crypto";
import type { JsonObject } from "../../schema/index.ts";
import { keyIdOf } from "../ledger/chain.ts";
import type { RunRecord } from "../runs/record.ts";
import type { EntryRow } from "../store/sqlite/entry-row.ts";
import type { VoteAt } from "./approvals.ts";
import { type BundleLists, checkBundle } from "./bundle.ts";
import { checkCarried, type Piece } from "./carried.ts";
import { ChainChecker } from "./chain.ts";
import type { ReadEntry } from "./entry-text.ts";
import type { ExportFile } from "./export-file.ts";
import { Findings } from "./findings.ts";
import { type FoldedRun, RunFolder } from "./fold.ts";
import { namedContents } from "./named-contents.ts";
import { genesisProblem } from "./pass.ts";

export interface CheckedExport {
  readonly findings: Findings;
  readonly chain: ChainChecker;
  readonly runs: number;
  /** The file begins with the ledger's first entry and claims to hold all that follow. */
  readonly whole: boolean;
  /** The one run of a bundle and its artifact lists; absent where it is in pieces. */
  readonly run?: BundleLists | undefined;
  /** The signed votes of a bundle, for whoever knows a key. */
  readonly votes: readonly VoteAt[];
  /** How many contents the file carries; undefined where it carries none. */
  readonly contents?: number | undefined;
}

export interface CheckOptions {
  /** Is given each piece of the contents that the file carries, once what is before them was found right. */
  readonly keep?: (piece: Piece, run: BundleLists) => Promise<void> | void;
  /**
   * False: the protocol's documents, which prove nothing, are not made again. Another version may write them in another way, and what
   * was kept of an export must not become wrong by an upgrade.
   */
  readonly protocol?: boolean;
}

export async function checkExport(
  source: ExportFile,
  key: KeyObject,
  { keep, protocol = true }: CheckOptions = {},
): Promise<CheckedExport> {
  let pass = await readThrough(source, key, false);
  // The few signatures that vouch for all did not hold; now each is asked, to say which entries are wrong.
  if (pass.findings.all.some((finding) => finding.message.includes("signature")))
    pass = await readThrough(source, key, true);
  const { findings, records } = pass;
  if (source.kind === "lines") return pass;
  const run = checkBundle(source.bundle, records, { keyId: keyIdOf(key), protocol }, findings);
  // Which contents there should be is known only of a run that is what it says.
  if (!source.pieces || !run || findings.met > 0) return { ...pass, run };
  const named = namedContents(run.run, run.planned, run.outputs);
  await checkCarried(source.pieces(), named, findings, (piece) => keep?.(piece, run));
  return { ...pass, run, contents: named.size };
}

interface Pass extends CheckedExport {
  /** Folded records; only kept for the bundle of one run. */
  readonly records: readonly RunRecord[];
}

async function readThrough(source: ExportFile, key: KeyObject, thorough: boolean): Promise<Pass> {
  const findings = new Findings();
  const records: RunRecord[] = [];
  const votes: VoteAt[] = [];
  let chain: ChainChecker | undefined;
  let begin = 0;
  const keep = ({ record }: FoldedRun): void => {
    if (source.kind === "bundle") records.push(record);
  };
  const folder = new RunFolder(findings, {
    canonical: true,
    folded: keep,
    signed: (vote) => {
      if (source.kind === "bundle") votes.push(vote);
    },
  });
  for await (const row of source.rows()) {
    if (typeof row === "string") {
      findings.add("ledger_corrupt", `after entry ${chain?.last?.[0] ?? 0}`, row);
      continue;
    }
    if (!chain) begin = row[0];
    chain ??= new ChainChecker(findings, {
      key,
      entryAt: () => undefined,
      thorough,
      gaps: source.kind === "bundle" || row[0] !== 1,
    });
    const place = chain.accept(row);
    if (row[0] === 1) checkGenesis(row, key, findings);
    else if (place?.event) folder.accept(place.event, row[2]);
    else if (place) {
      const problem = await ofNoRunProblem(place, row, source.kind);
      if (problem) findings.add("ledger_corrupt", `entry ${row[0]}`, problem);
    }
  }
  chain ??= new ChainChecker(findings, { key, entryAt: () => undefined, thorough });
  chain.finish();
  for (const run of folder.rest()) keep(run);
  const whole = source.kind === "lines" && begin === 1;
  if (chain.events === 0) findings.add("ledger_corrupt", "the file", "There is no entry in the file.");
  else if (!whole && folder.runs > 1)
    findings.add(
      "ledger_corrupt",
      `entry ${begin}`,
      `The file holds ${folder.runs} runs, but does not begin with entry 1.`,
    );
  return { findings, chain, runs: folder.runs, whole, records, votes };
}

/** What is wrong with an entry behind the first that is no event; imports have a place in a ledger, not in a run. */
async function ofNoRunProblem(
  { imported }: ReadEntry,
  [seq, , body]: EntryRow,
  kind: ExportFile["kind"],
): Promise<string | undefined> {
  if (!imported) return `Entry ${seq} begins a ledger inside of this one.`;
  if (kind === "bundle") return `Entry ${seq} is an import, which is no event of the run.`;
  const { importProblem } = await import("../imports/import-shape.ts");
  const problem = importProblem(JSON.parse(body) as JsonObject);
  return problem && `Entry ${seq} is no import of a run: ${problem}.`;
}

function checkGenesis(row: EntryRow, key: KeyObject, findings: Findings): void {
  const problem = genesisProblem(row[2], keyIdOf(key));
  if (problem) findings.add("ledger_corrupt", "entry 1", `The first entry of the ledger is wrong: ${problem}.`);
}
