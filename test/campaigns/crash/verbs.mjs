// The verbs of the campaign: what must have happened before each, its command line, and what a person meant by it.
//   prepare   brings the place to where the verb applies; resolves to what `argv` needs to know
//   opens     the command opens a run of its own, so that the one it is about stays ended when it dies early
//   wish      what is answered to the approval request, should the run still wait afterwards

import { PROGRAM } from "./place.mjs";
import { STEPS, traced } from "./tracer.mjs";

const request = (place, engine) => [
  ".",
  ...engine.options(place),
  ...place.governance,
  ...(engine.command ? ["--", ...engine.command] : []),
];

async function newest(place) {
  const { document } = await place.cabincrew("list");
  return document.runs[0];
}

async function waiting(place, engine) {
  await must(place, 3, "run", ...request(place, engine));
  return newest(place);
}

async function must(place, expected, ...argv) {
  const { code, out, err } = await place.cabincrew(...argv);
  if (code !== expected)
    throw new Error(`preparing: ${argv.join(" ")} ended with ${code}, not ${expected}: ${out}${err}`);
}

/** Everything dies at a moment of take-off at which nobody can know what happened. */
async function unknown(place, engine, tracer) {
  const argv = ["run", ...request(place, engine)];
  const command = [process.execPath, PROGRAM, ...argv];
  const surroundings = { cwd: place.workspace, env: place.env, stdout: place.stdout, stderr: place.stderr };
  place.keep();
  const counted = await traced(tracer, { calls: STEPS.fsync, strike: 0, action: "self" }, command, surroundings);
  for (let strike = counted.calls.length; strike > 0; strike -= 1) {
    place.restore();
    const killed = await traced(tracer, { calls: STEPS.fsync, strike, action: "all" }, command, surroundings);
    await killed.end(5_000);
    const run = await newest(place);
    if (run?.state === "TAKEOFF_RUNNING" || run?.state === "TAKEOFF_UNKNOWN") return run;
  }
  throw new Error("preparing: no moment was found at which take-off was interrupted");
}

export const VERBS = {
  run: { verdict: "allowed", prepare: async () => ({}), argv: (place, engine) => ["run", ...request(place, engine)] },
  plan: { verdict: "allowed", prepare: async () => ({}), argv: (place, engine) => ["plan", ...request(place, engine)] },
  resume: {
    verdict: "allowed",
    async prepare(place, engine) {
      await must(place, 0, "plan", ...request(place, engine));
      return newest(place);
    },
    argv: (place, _engine, { run_id }) => ["resume", run_id, ...place.governance],
  },
  approve: {
    verdict: "decided",
    prepare: waiting,
    argv: (place, _engine, { run_id }) => ["approve", run_id, "--comment", "looked", ...place.governance],
  },
  "approve --resume": {
    verdict: "decided",
    prepare: waiting,
    argv: (place, _engine, { run_id }) => ["approve", run_id, "--resume", ...place.governance],
  },
  reject: {
    verdict: "decided",
    wish: "reject",
    prepare: waiting,
    argv: (place, _engine, { run_id }) => ["reject", run_id, "--comment", "no", ...place.governance],
  },
  cancel: {
    verdict: "decided",
    wish: "cancel",
    prepare: waiting,
    argv: (_place, _engine, { run_id }) => ["cancel", run_id],
  },
  retry: {
    verdict: "decided",
    opens: true,
    async prepare(place, engine) {
      const run = await waiting(place, engine);
      // The decision was recorded, as was asked for; 6 is how the run ended (`resume`).
      await must(place, 0, "reject", run.run_id, ...place.governance);
      return run;
    },
    argv: (place, _engine, { run_id }) => ["retry", run_id, ...place.governance],
  },
  // What was found out about the take-off is said: --applied only where its effect was counted.
  resolve: {
    verdict: "allowed",
    prepare: unknown,
    argv: (place, _engine, { run_id, effects }) => [
      "resolve",
      run_id,
      effects > 0 ? "--applied" : "--not-applied",
      ...place.governance,
    ],
  },
  recover: {
    verdict: "allowed",
    prepare: unknown,
    argv: (place, _engine, { run_id }) => ["resume", run_id, ...place.governance],
  },
};
