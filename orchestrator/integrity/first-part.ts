/**
 * The first part of a large ledger is verified in a thread of its own while the second is verified here. Both read their own snapshot:
 * entries are only ever added, and the projections of runs that have ended do not change, so the later one shows nothing else.
 * Two threads can only find that nothing is wrong: where either is in doubt, cannot start or dies, one verifies the whole ledger.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { CabincrewError, programFile } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import type { LedgerScan } from "../store/sqlite/scan.ts";
import { Doubt } from "./doubt.ts";
import type { PartResult } from "./pass.ts";
import type { SplitOptions } from "./split-options.ts";

/** What the thread is asked: the entries up to `to` of a state directory's ledger, which `publicPem` (SPKI) signs. */
export interface PartRequest {
  readonly stateDir: string;
  readonly publicPem: string;
  readonly thorough: boolean;
  readonly to: number;
  readonly doubt: SharedArrayBuffer;
}

/** Its first answer, then its second; neither comes from a thread in doubt. */
export type PartAnswer = { readonly part: PartResult } | { readonly pages: PagesResult };

/** What SQLite finds wrong with its own pages, if anything (`LedgerScan.pageProblem`). */
export interface PagesResult {
  readonly problem: string | undefined;
}

/** Both answers are undefined where the thread ended without it. */
export interface FirstPart {
  readonly doubt: Doubt;
  readonly result: Promise<PartResult | undefined>;
  readonly pages: Promise<PagesResult | undefined>;
  readonly stop: () => Promise<unknown>;
}

const SPLIT_FROM = 20_000;
/** Of the entries: the thread looks at the pages of the whole database besides, which costs about as much as the difference. */
const SHARE = 0.45;

/** Where a ledger is split in two; undefined where one thread is enough, all there is, or can see already that entries are missing. */
export function splitPlace(scan: LedgerScan, { from = SPLIT_FROM }: SplitOptions): number | undefined {
  try {
    const entries = scan.lastSeq();
    const place = Math.floor(entries * SHARE);
    const worth = entries >= from && availableParallelism() > 1;
    return worth && scan.entryAt(place)?.[0] === place ? place : undefined;
  } catch (error) {
    if (!(error instanceof CabincrewError) || error.code !== "ledger_corrupt") throw error;
    // What cannot be read becomes a finding when it is read again.
    return undefined;
  }
}

/** Undefined where no thread can be started. `program` is what it runs, an absolute path. */
export function startFirstPart(
  { stateDir, store }: Pick<Crew, "stateDir" | "store">,
  part: Pick<PartRequest, "to" | "thorough">,
  program = programFile("verify-worker"),
): FirstPart | undefined {
  const doubt = new Doubt();
  const workerData: PartRequest = { stateDir, publicPem: store.key.publicPem, doubt: doubt.shared, ...part };
  let worker: Worker;
  try {
    worker = new Worker(program, { execArgv: [], env: {}, workerData });
  } catch {
    return undefined;
  }
  const answer = <Answer>(read: (answer: PartAnswer) => Answer | undefined) =>
    new Promise<Answer | undefined>((resolve) => {
      worker.on("message", (message: PartAnswer) => {
        const found = read(message);
        if (found) resolve(found);
      });
      for (const end of ["error", "exit"]) worker.once(end, () => resolve(undefined));
    });
  return {
    doubt,
    result: answer((message) => ("part" in message ? message.part : undefined)),
    pages: answer((message) => ("pages" in message ? message.pages : undefined)),
    stop: () => worker.terminate(),
  };
}
