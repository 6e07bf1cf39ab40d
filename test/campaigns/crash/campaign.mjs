// Crashes at every step of every process, and system calls that fail; then power loss. Options: test/campaigns/README.md.
import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Report } from "../report.mjs";
import { AGAIN } from "./cases.mjs";
import { ENGINES } from "./engines.mjs";
import { environmentOf } from "./place.mjs";
import { powerLoss } from "./power.mjs";
import { Tally } from "./tally.mjs";
import { buildTracer, STEPS } from "./tracer.mjs";
import { VERBS } from "./verbs.mjs";

const text = { type: "string" };
const flag = { type: "boolean", default: false };
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
    shard: { type: "string", default: "1/1" },
    workers: { type: "string", default: "2" },
    full: flag,
    verbose: flag,
  },
});
const list = (name) => values[name]?.split(",");
const number = (name) => (values[name] === undefined ? undefined : Number(values[name]));
const [part, parts] = values.shard.split("/").map(Number);
const strikes = [...(values.error ? [] : ["kills"]), ...(values.kill ? [] : ["errors"])];
const only = (list("only") ?? ["strikes", "power"]).flatMap((phase) => (phase === "strikes" ? strikes : [phase]));
const scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-crash-"));
const tracer = buildTracer(scratch);
if (!tracer) throw new Error("This campaign needs Linux and a C compiler (cc).");
const report = new Report("crashes and failing system calls");
const tally = new Tally(report, values.verbose);

/** Verb and engine of each scene: everything with the plain run, and each other verb with the engines that differ in it. */
function scenes() {
  const byVerb = (verb) => {
    if (verb === "run") return Object.keys(ENGINES);
    if (verb === "resolve") return ["once", "sqlite"];
    if (verb === "recover") return ["exec", "copy", "idempotent", "reconciling", "sqlite", "shell", "release"];
    if (verb === "resume" || verb === "approve --resume") return ["exec", "once", "sqlite", "shell"];
    return ["exec", "once"];
  };
  return (list("verb") ?? Object.keys(VERBS)).flatMap((verb) =>
    (list("engine") ?? byVerb(verb)).map((engine) => ({ verb, engine })),
  );
}

/** What each scene is asked for, whatever the phase. */
const asked = {
  call: list("call") ?? Object.keys(STEPS),
  shard: [part - 1, parts],
  options: {
    kill: list("kill") ?? ["all", "self"],
    error: list("error"),
    call: list("call"),
    sample: number("sample"),
    seed: number("seed"),
    at: number("at"),
    full: values.full,
  },
};

/** All cases of one scene and phase, in as many processes after one another as that takes. */
async function perform(scene, root) {
  tally.begin(scene);
  const task = { ...scene, ...asked, tracer, root };
  for (let from; ; from = tally.next(scene)) {
    const code = await worker({ ...task, from }, (message) => tally.told(scene, message));
    if (code === 0) break;
    if (code === AGAIN) continue;
    if (!tally.lost(scene, `the process that did the case ended by itself (${code})`)) break;
  }
  tally.end(scene);
}

function worker(task, told) {
  mkdirSync(path.join(task.root, "tmp"), { recursive: true });
  const child = fork(path.join(import.meta.dirname, "worker.mjs"), [JSON.stringify(task)], {
    env: environmentOf(task.root),
  });
  child.on("message", told);
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
}

/** Every single failing call, or a sample of all, is taken without regard to what other scenes strike. */
const countedIn = values.full || values.sample || values.at ? undefined : path.join(scratch, "counted");
const faulty = only.includes("errors") ? scenes() : [];
const counting = countedIn ? faulty : [];
const tasks = [
  ...(only.includes("kills") ? scenes().map((scene) => ({ ...scene, phase: "kills" })) : []),
  ...(only.includes("power") && part === 1 ? [{ phase: "power" }] : []),
  ...faulty.map((scene, index) => ({ ...scene, phase: "errors", countedIn, before: faulty.slice(0, index) })),
];
tally.expect(tasks.length);

async function inLanes(todo, each) {
  const queue = todo.values();
  const lane = async (_, number) => {
    for (const task of queue) {
      const root = path.join(scratch, String(number));
      await each(task, root);
      for (const kept of ["", ".kept", ".states", ".scene.json"])
        rmSync(`${root}${kept}`, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, lane));
}

async function count(scene, root) {
  let broken;
  const task = { ...scene, ...asked, phase: "count", countedIn, tracer, root };
  const code = await worker(task, (message) => {
    broken ??= message.broken;
  });
  if (code !== 0 || broken) throw new Error(`counting calls of ${scene.verb} with ${scene.engine}: ${broken ?? code}`);
}

try {
  if (counting.length > 0) {
    mkdirSync(countedIn);
    await inLanes(counting, count);
  }
  await inLanes(tasks, async (task, root) => {
    if (task.phase === "power") await powerLoss(tracer, path.join(scratch, "power"), report, Number(values.every));
    else await perform(task, root);
  });
} finally {
  tally.stop();
  rmSync(scratch, { recursive: true, force: true });
}
tally.finish();
report.finish();
