/**
 * The first half of a large ledger is verified in a thread of its own while the second is verified here. Both read their own snapshot:
 * entries are only ever added, and the projections of runs that have ended do not change, so the later one shows nothing else.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { CabincrewError, programFile, whyOf } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import type { LedgerScan } from "../store/sqlite/scan.ts";
import type { PartResult } from "./pass.ts";
import type { SplitOptions } from "./split-options.ts";

/** What the thread is asked: the entries up to `to` of a state directory's ledger, which `public_pem` (SPKI) signs. */
export interface PartRequest {
  readonly stateDir: string;
  readonly publicPem: string;
  readonly thorough: boolean;
  readonly to: number;
}

/** Its one answer; a refusal is a CabincrewError's code and message. */
export type PartAnswer =
  | { readonly part: PartResult }
  | { readonly code: CabincrewError["code"]; readonly message: string };

export interface FirstPart {
  /** Rejects with what the thread was refused, or with `internal` when it died: half a ledger is never taken for the whole. */
  readonly result: () => Promise<PartResult>;
  readonly stop: () => Promise<unknown>;
}

const SPLIT_FROM = 20_000;

/** Where a ledger is split in two; undefined where one thread is enough, all there is, or can see already that entries are missing. */
export function splitPlace(scan: LedgerScan, { from = SPLIT_FROM }: SplitOptions): number | undefined {
  try {
    const entries = scan.lastSeq();
    const middle = Math.floor(entries / 2);
    const worth = entries >= from && availableParallelism() > 1;
    return worth && scan.entryAt(middle)?.[0] === middle ? middle : undefined;
  } catch (error) {
    if (!(error instanceof CabincrewError) || error.code !== "ledger_corrupt") throw error;
    // What cannot be read becomes a finding when it is read again.
    return undefined;
  }
}

export function startFirstPart(
  { stateDir, store }: Pick<Crew, "stateDir" | "store">,
  part: Pick<PartRequest, "to" | "thorough">,
): FirstPart {
  const workerData: PartRequest = { stateDir, publicPem: store.key.publicPem, ...part };
  const worker = new Worker(programFile("verify-worker"), { execArgv: [], env: {}, workerData });
  const answered = new Promise<PartResult>((resolve, reject) => {
    worker.on("message", (answer: PartAnswer) => {
      if ("part" in answer) resolve(answer.part);
      else reject(new CabincrewError(answer.code, answer.message));
    });
    const died = (why: string) =>
      reject(new CabincrewError("internal", `Verifying the first half of the ledger: ${why}`));
    worker.on("error", (error) => died(whyOf(error)));
    worker.on("exit", (code) => died(`the thread ended with ${code} and without an answer`));
  });
  // Asked for later, or never when the second half is refused first.
  answered.catch(() => {});
  return { result: () => answered, stop: () => worker.terminate() };
}
