import { Worker } from "node:worker_threads";
import { programFile } from "../../schema/index.ts";

/** Starts one hash worker, which needs nothing of this process. */
export function startHashWorker(): Worker {
  return new Worker(programFile("workspace-hash-worker"), { execArgv: [], env: {} });
}
