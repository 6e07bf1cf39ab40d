/** The thread that verifies the first part of a ledger; a program of its own (`verify-worker` in bin/build.mjs). It answers once. */
import { createPublicKey } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import { toCabincrewError } from "../../schema/index.ts";
import { openContentStore } from "../content/index.ts";
import { openScan } from "../store/sqlite/scan.ts";
import type { PartAnswer, PartRequest } from "./first-part.ts";
import { LedgerPass } from "./pass.ts";

async function answerTo({ stateDir, publicPem, thorough, to }: PartRequest): Promise<PartAnswer> {
  try {
    const scan = openScan(stateDir);
    try {
      const pass = new LedgerPass(scan, openContentStore(stateDir), { key: createPublicKey(publicPem), thorough, to });
      await pass.entries();
      return { part: await pass.result() };
    } finally {
      scan.close();
    }
  } catch (error) {
    const { code, message } = toCabincrewError(error, "internal", "Verifying the first half of the ledger");
    return { code, message };
  }
}

void answerTo(workerData as PartRequest).then((answer) => parentPort?.postMessage(answer));
