// Real hostile commands and engines, in each way they can be launched, with bubblewrap and without, as root and as an ordinary user.
//   npm run campaign:malice                            every attack in every mode
//   npm run campaign:malice -- --only write-outside --sandbox off --way "own engine" --user ordinary
// Needs Linux, bubblewrap and python3; as root both users are tried. What the words mean is in test/campaigns/README.md.
import { spawnSync } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";
import { Report } from "../report.mjs";
import { ATTACKS } from "./attacks.mjs";
import { launchArguments, modes } from "./modes.mjs";
import { makeScene } from "./scene.mjs";
import { filesLeft, outcomeOf, processesWith } from "./verdict.mjs";

const text = { type: "string" };
const { values: options } = parseArgs({
  options: {
    only: text,
    sandbox: text,
    way: text,
    user: text,
    workers: { ...text, default: "2" },
    verbose: { type: "boolean" },
  },
});
const wanted = (key, value) => options[key] === undefined || options[key].split(",").includes(value);
const report = new Report("What a hostile program reached, in each mode it can be launched in");
const cases = ATTACKS.filter(({ name }) => wanted("only", name)).flatMap((attack) =>
  modes()
    .filter(({ sandbox, way, user }) => wanted("sandbox", sandbox) && wanted("way", way) && wanted("user", user))
    .filter(({ way }) => !attack.only || attack.only.includes(way))
    .map((mode) => ({ attack, mode, kind: `${attack.name} [${mode.label}]` })),
);
const words = new Map(cases.map(({ kind }) => [kind, []]));
const queue = cases[Symbol.iterator]();
await Promise.all(Array.from({ length: Number(options.workers) }, work));
for (const attack of new Set(cases.map((each) => each.attack))) proveControl(attack);
for (const [kind, list] of words) report.note(kind, summary(list));
report.finish();

async function work() {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const { attack, mode, kind } = next.value;
    const began = performance.now();
    const { word, problem } = await play(attack, mode);
    words.get(kind).push(`${mode.way} ${word}`);
    report.add(kind, problem && `${mode.way}: ${problem}`);
    if (options.verbose)
      console.log(`${(performance.now() - began).toFixed(0)} ms  ${kind} ${mode.way}: ${word} ${problem ?? ""}`);
  }
}

/** One case from its own scene to what is left of it. */
async function play(attack, mode) {
  const scene = await makeScene(attack, mode);
  try {
    const grants = ["--read", path.join(scene.root, "outside"), "--read", path.join(scene.root, "engines")];
    const launch = () => scene.run("run", scene.workspace, ...grants, ...launchArguments(mode, scene.program));
    let done = await launch();
    for (let launches = 1; launches < (attack.launches ?? 1); launches += 1) done = await launch();
    if (attack.late) await scene.over();
    const processes = processesWith(scene.mark);
    const run = done.document?.run_id;
    const reached = [
      ...scene.touched(),
      ...(run && attack.group === "isolation" ? said((await scene.run("logs", run)).out) : []),
    ];
    for (const pid of processes) kill(pid);
    if (done.signal === "SIGKILL") await scene.run("resume", "--all", "--json");
    const verified = (await scene.run("verify", "--json")).code;
    const waits = [3, 9, 130, 143].includes(done.code) || done.signal !== null;
    const left = [
      ...processes.map((pid) => `process ${pid}`),
      ...(waits ? [] : filesLeft(path.join(scene.root, "state"))),
    ];
    return outcomeOf(attack, mode, { done, reached, left, verified });
  } finally {
    await scene.close();
    // Node's own removal does not reach into trees deeper than a path may be long.
    spawnSync("rm", ["-rf", scene.root]);
  }
}

/** An attack that nothing hinders without a sandbox either says nothing about the sandbox. */
function proveControl(attack) {
  const free = cases.filter((each) => each.attack === attack && each.mode.sandbox === "off");
  // On an overlay the state directory is covered in any case: one way alone is no control.
  if (free.length === 0 || options.way || !attack.open || attack.control === false) return;
  const reached = free.some(({ kind }) => words.get(kind).some((word) => /not covered|detected/.test(word)));
  report.add("each attack reaches something where nothing is in its way", reached ? undefined : attack.name);
}

function said(log) {
  return [...log.matchAll(/REACHED (.*)/g)].map(([, what]) => what.slice(0, 120));
}

function kill(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {}
}

/** `prevented` where it is the same in every way of launching, else each with its ways. */
function summary(list) {
  const by = new Map();
  for (const each of list) {
    const word = ["prevented", "detected", "bounded", "not covered"].find((end) => each.endsWith(end));
    by.set(word, [...(by.get(word) ?? []), each.slice(0, -word.length - 1)]);
  }
  return [...by].map(([word, ways]) => (by.size === 1 ? word : `${word}: ${ways.join(", ")}`)).join("; ");
}
