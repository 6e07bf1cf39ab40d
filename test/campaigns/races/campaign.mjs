// Fifty processes at once on the same runs, state directories and workspaces, from outside, with counters outside.
//   npm run campaign:races          everything
//   npm run campaign:races -- 10    ten processes at once, a few waves
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Report } from "../report.mjs";

const PROGRAM = path.join(import.meta.dirname, "..", "..", "..", "bin", "cabincrew.cjs");
const crowd = Number(process.argv[2] ?? 50);
const waves = crowd < 50 ? 1 : 4;
/** A wave that lasts longer is a deadlock. Processes wait for a core most of the time. */
const DEADLINE_MS = 20_000 + crowd * 6_000;

/** What a verb may come to while others act on the same run: its own end, somebody else's, or that it is busy. */
const DOCUMENTED = new Set([0, 2, 3, 4, 5, 6, 8]);
const KNOWN_CODES = new Set([
  "busy",
  "state_conflict",
  "approval_invalid",
  "plan_used",
  "workspace_changed",
  "ambiguous",
  "not_found",
]);

const report = new Report(`${crowd} processes at once`);
const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-races-"));
const below = (...names) => path.join(root, ...names);

/** An engine whose take-off adds a line to a file outside: what took effect can be counted there. */
const ENGINE = `#!/bin/sh
input=$(cat)
counter=$(printf '%s' "$input" | sed -n 's/.*"counter":"\\([^"]*\\)".*/\\1/p')
if [ "$CABINCREW_MODE" = take-off ]; then echo effect >> "$counter"; fi
printf '{"protocol_version":"draft","engine_id":"counting","mode":"%s","receipt_id":"r","status":"success"}' "$CABINCREW_MODE"
`;

class Place {
  constructor(name, governance) {
    this.root = below(name);
    this.state = path.join(this.root, "state");
    this.governance = below(governance);
    mkdirSync(this.root, { recursive: true });
  }

  workspace(name) {
    const directory = path.join(this.root, "workspaces", name);
    mkdirSync(directory, { recursive: true });
    return directory;
  }

  argv(argv, state = this.state) {
    return [PROGRAM, "--state-dir", state, "--governance", this.governance, ...argv];
  }

  run(...argv) {
    const done = spawnSync(process.execPath, this.argv(argv), { cwd: this.root, env: environment(), encoding: "utf8" });
    return ended(argv, done.status, done.stdout, done.stderr);
  }

  /** Starts one process; the promise ends with it. */
  async start(argv, state) {
    const options = { cwd: this.root, env: environment(), detached: false };
    const child = spawn("nice", ["-n", "10", process.execPath, ...this.argv(argv, state)], options);
    children.add(child);
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("close", resolve)),
    ]);
    children.delete(child);
    return ended(argv, status, out, err);
  }

  /** All of these at once; a wave that does not end is killed and is a failure. */
  async wave(kind, commands, ends) {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      for (const child of children) child.kill("SIGKILL");
    }, DEADLINE_MS);
    const all = await Promise.all(commands.map((command) => this.start(command.argv ?? command, command.state)));
    clearTimeout(timer);
    report.add(`${kind}: ends`, late ? `not within ${DEADLINE_MS} ms` : undefined, 1);
    for (const done of all) report.add(`${kind}: documented end`, undocumented(done, ends));
    return all;
  }

  counted(name) {
    const file = path.join(this.root, name);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  }

  /** A planned run of the counting engine. */
  plan(name, verb = "plan") {
    const counter = path.join(this.root, `${name}.effects`);
    const done = this.run(
      verb,
      this.workspace(name),
      "--engine",
      below("counting"),
      "--sandbox",
      "off",
      "--config",
      `counter=${counter}`,
      "--json",
    );
    if (!done.document?.run_id) throw new Error(`${name}: ${done.code} ${done.err}${done.out}`);
    return {
      name,
      id: done.document.run_id,
      token: done.document.plan_token,
      effects: () => this.counted(`${name}.effects`),
    };
  }
}

const children = new Set();

function environment() {
  return { PATH: process.env.PATH, HOME: root, XDG_CONFIG_HOME: below("config") };
}

async function text(stream) {
  let all = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) all += chunk;
  return all;
}

function ended(argv, code, out, err) {
  let document;
  try {
    document = JSON.parse(out);
  } catch {}
  return { argv, code, out, err, document };
}

/** A sentence where a user would see a driver's error, a stack, or an exit that no page tells of. */
function undocumented({ argv, code, out, err, document }, ends = DOCUMENTED) {
  const shown = `${argv[0]}: exit ${code}: ${`${err} ${out}`.replace(/\s+/g, " ").slice(0, 900)}`;
  if (/SQLITE_|database is locked|\n\s+at .+:\d+:\d+|EEXIST|ENOENT/.test(out + err)) return shown;
  const reason = document?.error?.code;
  if (reason !== undefined && !KNOWN_CODES.has(reason)) return shown;
  return ends.has(code) ? undefined : shown;
}

function govern(name, entrypoint) {
  const shapes = path.join(import.meta.dirname, "..", "..", "fixtures", "policies", "shapes");
  mkdirSync(below(name), { recursive: true });
  spawnSync("cp", ["-r", shapes, below(name, "one")]);
  const file = below(name, "one", "pack.json");
  writeFileSync(
    file,
    JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: [entrypoint] }),
  );
  writeFileSync(below(name, "governance.json"), JSON.stringify({ version: 1, policies: ["one"], models: [] }));
}

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index));
const expect = (kind, holds, problem) => report.add(kind, holds ? undefined : problem());

/** One approved plan, resumed by everybody. */
async function oneRun() {
  const place = new Place("one", "asked");
  for (let wave = 0; wave < waves; wave += 1) {
    const run = place.plan(`run${wave}`, "run");
    place.run("approve", run.id, "--json");
    const all = await place.wave(
      "resume one run",
      times(crowd, () => ["resume", run.id, "--json"]),
    );
    expect("resume one run: one take-off", run.effects() === 1, () => `${run.effects()} effects`);
    expect(
      "resume one run: somebody is told it completed",
      all.some(({ code }) => code === 0),
      () => "nobody",
    );
  }
  verified(place);
}

/** Approvals, rejections, cancellations and readers on runs that wait. */
async function decisions() {
  const place = new Place("decisions", "asked");
  for (let wave = 0; wave < waves; wave += 1) {
    const verbs = [
      (run) => ["approve", run.id, "--json", "--comment", "yes"],
      (run) => ["approve", run.id, "--json", "--resume"],
      (run) => ["reject", run.id, "--json", "--comment", "no"],
      (run) => ["resume", run.id, "--json"],
      (run) => ["cancel", run.id, "--json"],
      (run) => ["show", run.id, "--json"],
      () => ["list", "--json"],
      () => ["approvals", "--json"],
      () => ["verify", "--json"],
      (run) => ["audit", run.id],
    ];
    const runs = times(Math.ceil(crowd / verbs.length), (index) => place.plan(`run${wave}-${index}`, "run"));
    const commands = times(crowd, (index) =>
      verbs[index % verbs.length](runs[Math.floor(index / verbs.length) % runs.length]),
    );
    const all = await place.wave("decide", commands);
    for (const run of runs) {
      expect("decide: at most one take-off", run.effects() <= 1, () => `${run.effects()} effects`);
      const { state } = place.run("show", run.id, "--json").document ?? {};
      const events = place
        .run("audit", run.id)
        .out.trim()
        .split("\n")
        .map((line) => JSON.parse(JSON.parse(line).body));
      const votes = events
        .filter((event) => event.type === "approval.recorded")
        .map((event) => event.data.vote.decision);
      for (const { argv, code, document } of all.filter((done) => done.argv[1] === run.id)) {
        const decision = document?.decided?.decision ?? (document?.approval_id ? document.decision : undefined);
        if (decision === "approve" || decision === "reject")
          expect(
            "decide: no decision lost",
            votes.includes(decision),
            () => `${argv[0]} of ${run.id} exit ${code}, votes ${votes}, ${state}`,
          );
      }
      expect(
        "decide: no effect without approval",
        run.effects() === 0 || votes.includes("approve"),
        () => `${run.id} ${state}`,
      );
      expect(
        "decide: effect exactly if completed",
        (run.effects() === 1) === (state === "COMPLETED"),
        () => `${run.effects()} effects, ${state}`,
      );
    }
    for (const { argv, code, err, out } of all.filter((done) =>
      ["show", "list", "approvals", "verify", "audit"].includes(done.argv[0]),
    ))
      expect("decide: readers are not disturbed", code === 0, () =>
        `${argv[0]} exit ${code} ${err}${out}`.slice(0, 200),
      );
  }
  verified(place);
}

/** The same plan made many times on one workspace: everybody resumes another run of it. */
async function onePlan() {
  const place = new Place("plan", "free");
  const counter = path.join(place.root, "plan.effects");
  const runs = times(Math.min(crowd, 12), () => {
    const flags = ["--engine", below("counting"), "--sandbox", "off", "--config", `counter=${counter}`, "--json"];
    return place.run("plan", place.workspace("plan"), ...flags).document;
  });
  expect("one plan, many runs: one token", new Set(runs.map((run) => run.plan_token)).size === 1, () => "several");
  await place.wave(
    "one plan, many runs",
    times(crowd, (index) => ["resume", runs[index % runs.length].run_id, "--json"]),
  );
  expect(
    "one plan, many runs: one take-off",
    place.counted("plan.effects") === 1,
    () => `${place.counted("plan.effects")} effects`,
  );
  verified(place);
}

/** A state directory that does not exist yet: the key and the first entry are made once. */
async function firstRun() {
  for (let wave = 0; wave < waves; wave += 1) {
    const place = new Place(`first${wave}`, "free");
    const argv = (index) => {
      const counter = path.join(place.root, `${index}.effects`);
      return [
        "run",
        place.workspace(`w${index}`),
        "--engine",
        below("counting"),
        "--sandbox",
        "off",
        "--config",
        `counter=${counter}`,
        "--json",
      ];
    };
    const commands = times(crowd, (index) => (index % 5 === 4 ? ["list", "--json"] : argv(index)));
    const all = await place.wave("first run", commands);
    for (const [index, done] of all.entries())
      if (done.argv[0] === "run")
        expect(
          "first run: every run completes",
          done.code === 0 && place.counted(`${index}.effects`) === 1,
          () => `exit ${done.code}, ${place.counted(`${index}.effects`)} effects ${done.err.slice(0, 200)}`,
        );
    const { document } = place.run("list", "--json", "--limit", "1000");
    const runs = all.filter((done) => done.argv[0] === "run").length;
    expect(
      "first run: every run is in one ledger",
      document?.runs?.length === runs,
      () => `${document?.runs?.length} of ${runs}`,
    );
    verified(place);
  }
}

/** Two ledgers on one workspace: neither knows of the other, the workspace itself is what they meet in. */
async function twoLedgers() {
  const place = new Place("ledgers", "free");
  const workspace = place.workspace("shared");
  writeFileSync(path.join(workspace, "log.txt"), "");
  const states = times(2, (index) => path.join(place.root, `state${index}`));
  const commands = times(Math.min(crowd, 16), (index) => ({
    argv: ["run", workspace, "--json", "--", "sh", "-c", `echo line ${index} >> log.txt`],
    state: states[index % 2],
  }));
  // Between the last look of one and its effect the other's may come: the engine then refuses to write, or what came of it is measured.
  const all = await place.wave("two ledgers, one workspace", commands, new Set([...DOCUMENTED, 1]));
  const lines = readFileSync(path.join(workspace, "log.txt"), "utf8").split("\n").filter(Boolean);
  expect(
    "two ledgers: every line is a whole one",
    lines.every((line) => /^line \d+$/.test(line)),
    () => lines.join("|"),
  );
  const completed = all.filter(({ code }) => code === 0).length;
  expect(
    "two ledgers: no completed run is overwritten",
    lines.length >= completed,
    () => `${completed} completed, ${lines.length} lines`,
  );
  report.note(
    "two ledgers, one workspace: ends",
    `${completed} of ${all.length} completed, ${lines.length} lines kept`,
  );
  for (const state of states) {
    const done = spawnSync(process.execPath, place.argv(["verify", "--json"], state), {
      env: environment(),
      encoding: "utf8",
    });
    expect("verified afterwards", done.status === 0, () => done.stdout.slice(0, 300));
  }
}

/** Readers that read for long while runs commit: how long a writer takes with and without them. */
async function readers() {
  const place = new Place("readers", "free");
  const plan = (index) => place.plan(`r${index}`, "run");
  for (let index = 0; index < (crowd < 50 ? 1 : 12); index += 1) plan(index);
  const timed = (count, from) =>
    times(count, (index) => {
      const began = performance.now();
      plan(from + index);
      return performance.now() - began;
    }).sort((a, b) => a - b);
  const count = crowd < 50 ? 1 : 9;
  const alone = timed(count, 100);
  let reading = true;
  const follow = times(3, (index) =>
    (async () => {
      const child = spawn("nice", ["-n", "10", process.execPath, ...place.argv(["audit", "--follow"])], {
        env: environment(),
        cwd: place.root,
      });
      child.stdout.resume();
      while (reading) await new Promise((resolve) => setTimeout(resolve, 20));
      child.kill("SIGINT");
      await new Promise((resolve) => child.once("close", resolve));
      return index;
    })(),
  );
  // A transaction held open over everything, as the longest verification would.
  const { Database } = await import("../../sqlite.mjs");
  const db = new Database(path.join(place.state, "cabincrew.db"), { readonly: true });
  db.exec("begin; select count(*) from entries");
  const beside = timed(count, 200);
  db.close();
  reading = false;
  await Promise.all(follow);
  const middle = (values) => values[Math.floor(values.length / 2)].toFixed(0);
  report.add("a reader does not block a writer", undefined, count);
  report.note(
    "a reader does not block a writer",
    `median of a whole run ${middle(alone)} ms alone, ${middle(beside)} ms beside readers`,
  );
  verified(place);
}

function verified(place) {
  const done = place.run("verify", "--thorough", "--json");
  expect("verified afterwards", done.code === 0, () => (done.out || done.err).replace(/\s+/g, " ").slice(0, 300));
}

writeFileSync(below("counting"), ENGINE);
chmodSync(below("counting"), 0o755);
govern("free", "shapes/allowed");
govern("asked", "shapes/decided");
try {
  await oneRun();
  await decisions();
  await onePlan();
  await firstRun();
  await twoLedgers();
  await readers();
} finally {
  rmSync(root, { recursive: true, force: true });
}
report.finish();
