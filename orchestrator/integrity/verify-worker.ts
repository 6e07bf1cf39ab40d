/**
 * The thread that verifies the first part of a ledger and the pages of the whole database; a program of its own (`verify-worker` in
 * bin/build.mjs). What it meets is not told: in doubt it ends, and the thread that asked looks for itself.
 */
import { createPublicKey } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { openContentStore } from "../content/index.ts";
import { openScan } from "../store/sqlite/scan.ts";
import { Doubt } from "./doubt.ts";
import type { PartAnswer, PartRequest } from "./first-part.ts";
import { LedgerPass } from "./pass.ts";

const { stateDir, publicPem, thorough, to, doubt: shared } = workerData as PartRequest;
const doubt = new Doubt(shared);
const answer = (message: PartAnswer) => parentPort?.postMessage(message);

async function look(): Promise<void> {
  const scan = openScan(stateDir);
  try {
    const key = createPublicKey(publicPem);
    const pass = new LedgerPass(scan, openContentStore(stateDir), { key, thorough, to, doubt });
    await pass.entries();
    const part = await pass.result();
    if (!part) return;
    answer({ part });
    answer({ pages: { problem: scan.pageProblem(thorough) } });
  } finally {
    scan.close();
  }
}

void look().catch(() => doubt.raise());
