/**
 * The worker thread in which policies run (DESIGN section 7): does one job after the other and reports before and after each.
 * The judge ends the thread when a job takes too long, so nothing here needs to give way.
 */
import { type MessagePort, parentPort } from "node:worker_threads";
import { failed, type Outcome } from "./failure.ts";
import type { Answer, Job, Report } from "./messages.ts";
import { WorkerPolicy } from "./worker-policy.ts";

const port = parentPort;
if (!port) throw new Error("policies/worker.ts runs as a worker thread only");
const packs = new Map<number, Outcome<WorkerPolicy>>();

// opa-wasm prints what a policy prints; a policy has nothing to say on our user's terminal.
console.log = () => undefined;
console.error = () => undefined;

let idle = Promise.resolve();
port.on("message", (job: Job) => {
  idle = idle.then(() => run(port, job));
});

async function run(to: MessagePort, job: Job): Promise<void> {
  const report = (message: Report) => to.postMessage(message);
  report({ type: "begun", id: job.id });
  const begun = performance.now();
  const answer = await perform(job);
  report({ type: "ended", id: job.id, answer, ms: performance.now() - begun });
}

async function perform(job: Job): Promise<Answer> {
  if (job.load) packs.set(job.pack, WorkerPolicy.open(job.load));
  const pack = packs.get(job.pack) ?? failed("crashed", "it was never loaded");
  if ("failure" in pack) return pack;
  if (!job.input) return { value: [] };
  if (job.input instanceof ArrayBuffer)
    return pack.value.evaluate(job.input, { ...(job.part ? { most: Number.POSITIVE_INFINITY } : {}) });
  const { evaluateView } = await import("./view/evaluate.ts");
  return evaluateView(pack.value, job.input);
}
