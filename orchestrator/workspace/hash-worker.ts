/**
 * The worker thread that hashes batches of files; a program of its own (`workspace-hash-worker` in bin/build.mjs). It answers
 * every batch, in the order they came.
 */
import { parentPort } from "node:worker_threads";
import { type HashBatch, hashBatch } from "./hash-batch.ts";

parentPort?.on("message", (batch: HashBatch) => {
  const answer = hashBatch(batch, Number.POSITIVE_INFINITY);
  parentPort?.postMessage(answer, [answer.stats.buffer, answer.kinds.buffer] as ArrayBuffer[]);
});
