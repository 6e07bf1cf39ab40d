// Crashes at every step of every process, and system calls that fail.
//   npm run campaign:crash -- [--verb run] [--engine exec] [--call fsync] [--kill self|all] [--error EIO] [--sample 20] [--seed 1] [--at N]
//     [--only strikes|power] [--every 1]
//   --sample N: about N cases of each verb, engine, call and kind of strike, spread evenly; without it every one
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Report } from "../report.mjs";
import { ENGINES } from "./engines.mjs";
import { FAULTS } from "./faults.mjs";
import { powerLoss } from "./power.mjs";
import { Scene } from "./scene.mjs";
import { buildTracer, STEPS } from "./tracer.mjs";
import { VERBS } from "./verbs.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    verb: text,
    engine: text,
    call: text,
    kill: text,
    error: text,
    sample: text,
    seed: { type: "string", default: "1" },
    at: text,
    only: text,
    every: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    verbose: { type: "boolean", default: false },
  },
});
const only = values.only ?? "";
const listed = (option, all) => (values[option] === undefined ? all : values[option].split(","));
const scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-crash-"));
const tracer = buildTracer(scratch);
if (!tracer) throw new Error("This campaign needs Linux and a C compiler (cc).");
const report = new Report("crashes and failing system calls");
const ends = new Map();

/** Verb and engine of each scene: everything with the plain run, and each other verb with the engines that differ in it. */
function scenes() {
  const byVerb = (verb) => {
    if (verb === "run") return Object.keys(ENGINES);
    if (verb === "resolve") return ["once", "sqlite"];
    if (verb === "recover") return ["exec", "copy", "idempotent", "reconciling", "sqlite", "shell", "release"];
    if (verb === "resume" || verb === "approve --resume") return ["exec", "once", "sqlite", "shell"];
    return ["exec", "once"];
  };
  return listed("verb", Object.keys(VERBS)).flatMap((verb) =>
    listed("engine", byVerb(verb)).map((engine) => [verb, engine]),
  );
}

/** Groups of calls and how to strike at them. */
function strikes() {
  const calls = listed("call", Object.keys(STEPS));
  const kills = values.error ? [] : listed("kill", ["all", "self"]);
  const killed = kills.flatMap((action) =>
    calls.map((call) => ({ kind: `${call}, ${action} killed`, calls: STEPS[call], action })),
  );
  const wanted = values.kill
    ? []
    : FAULTS.filter(
        ({ error, call }) =>
          (!values.error || values.error.split(",").includes(error)) && (!values.call || calls.includes(call)),
      );
  return [
    ...killed,
    ...wanted.map(({ call, error, calls: names, errno }) => ({
      kind: `${call}: ${error}`,
      calls: names,
      action: errno,
    })),
  ];
}

/** Which of `total` moments are tried: all, or about `--sample` of them, begun elsewhere with each seed. */
function chosen(total) {
  if (values.at) return [Number(values.at)];
  const every = values.sample ? Math.max(1, Math.ceil(total / Number(values.sample))) : 1;
  const first = 1 + (Number(values.seed) % every);
  return Array.from({ length: Math.ceil((total - first + 1) / every) }, (_, index) => first + index * every);
}

async function perform(root, verb, engine) {
  const scene = new Scene(tracer, root, verb, engine);
  await scene.prepare();
  for (const { kind, calls, action } of strikes()) {
    const total = (await scene.count(calls)).length;
    for (const strike of chosen(total)) {
      const { problem, struck, ends: met } = await scene.disturb({ calls, strike, action });
      for (const end of met) ends.set(end, (ends.get(end) ?? 0) + 1);
      const where = struck ? ` (${struck.name} by ${struck.role} ${struck.program})` : " (never reached)";
      const told = problem && `${kind} at ${strike}${where}: ${problem}`;
      report.add(`${verb}, ${engine}`, told);
      if (told) console.log(`FAILED ${verb}, ${engine}: ${told}`);
      else if (values.verbose) console.log(`${verb}, ${engine}: ${kind} at ${strike}${where} ${met.join(" ")}`);
    }
  }
  report.note(`${verb}, ${engine}`, "");
}

try {
  if (only !== "strikes") await powerLoss(tracer, path.join(scratch, "power"), report, Number(values.every));
  const queue = (only === "power" ? [] : scenes()).values();
  const worker = async (_, number) => {
    for (const [verb, engine] of queue) {
      const root = path.join(scratch, String(number));
      try {
        await perform(root, verb, engine);
      } catch (error) {
        report.add(`${verb}, ${engine}`, error.message);
        console.log(`FAILED ${verb}, ${engine}: ${error.message}`);
      }
      for (const each of [root, `${root}.kept`]) rmSync(each, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, worker));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`\nends met on the way: ${[...ends].map(([end, count]) => `${end} ${count}`).join(", ") || "none"}`);
report.finish();
