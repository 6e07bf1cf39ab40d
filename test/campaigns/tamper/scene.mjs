// A state directory with runs in every state worth attacking, made with the built program, and ways to get it back as it was.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const PROGRAM = path.join(ROOT, "bin", "cabincrew.cjs");

/** What was printed and the exit code; `document` where the output is one JSON document. */
function ended({ status, stdout, stderr }) {
  let document;
  try {
    document = JSON.parse(stdout);
  } catch {}
  return { code: status, out: stdout, err: stderr, document };
}

export class Scene {
  /** Directories `state`, `governance`, `config`, `engines` and one workspace a run below `root`. */
  constructor(root) {
    this.root = root;
    this.runs = {};
  }

  /** A scene that another process made: its `root`, `runs` and `pristine`. */
  static known({ root, runs, pristine }) {
    return Object.assign(new Scene(root), { runs, pristine });
  }

  below(...names) {
    return path.join(this.root, ...names);
  }

  get state() {
    return this.below("state");
  }

  environment() {
    return { PATH: process.env.PATH, HOME: this.root, XDG_CONFIG_HOME: this.below("config") };
  }

  argv(argv) {
    return [PROGRAM, "--state-dir", this.state, "--governance", this.below("governance"), ...argv];
  }

  /** The program run to its end. */
  run(...argv) {
    const options = { cwd: this.root, env: this.environment(), encoding: "utf8", maxBuffer: 1 << 28, timeout: 120_000 };
    return ended(spawnSync(process.execPath, this.argv(argv), options));
  }

  /** The same without waiting, so that several scenes can be asked at once. */
  async ask(...argv) {
    const child = spawn(process.execPath, this.argv(argv), { cwd: this.root, env: this.environment() });
    const [out, err, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("close", resolve)),
    ]);
    return ended({ status, stdout: out, stderr: err });
  }

  /** Runs `script` in a workspace of its own and remembers the run under `name`. */
  plan(name, verb, script, ...flags) {
    const workspace = this.below("workspaces", name);
    mkdirSync(workspace, { recursive: true });
    writeFileSync(path.join(workspace, "notes.txt"), `${name}\n`);
    return this.remember(name, this.run(verb, workspace, "--json", ...flags, "--", "sh", "-c", script));
  }

  remember(name, done) {
    if (!done.document?.run_id) throw new Error(`${name}: ${done.code} ${done.out}${done.err}`);
    this.runs[name] = { id: done.document.run_id, token: done.document.plan_token };
    return done;
  }

  expect(code, done) {
    if (done.code !== code) throw new Error(`exit ${done.code} instead of ${code}: ${done.out}${done.err}`);
    return done;
  }

  remove() {
    for (const end of ["", ".pristine", ".older", ".journal"])
      rmSync(`${this.root}${end}`, { recursive: true, force: true });
  }
}

async function text(stream) {
  let all = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream) all += chunk;
  return all;
}

const LOCKS = "echo '{\"lockfileVersion\":3}' > package-lock.json";

/** An engine whose take-off has its effect outside and then waits to be killed. */
const WAITING = `#!/bin/sh
[ "$CABINCREW_MODE" = take-off ] && { echo waiting >&2; sleep 300; }
printf '{"protocol_version":"draft","engine_id":"waiting","mode":"%s","receipt_id":"r","status":"success"}' "$CABINCREW_MODE"
`;

/** An engine that plans nothing; its executable is what is attacked. */
const NOTING = WAITING.replace(/^\[.*\n/m, "").replace('"waiting"', '"noting"');

/** Copies of the shipped packs as an operator's own governance, with two approvers of whom one is enough. */
function govern(scene) {
  const governance = scene.below("governance");
  for (const pack of ["default", "supply-chain"])
    cpSync(path.join(ROOT, "policies/packs", pack), path.join(governance, "policies", pack), { recursive: true });
  cpSync(path.join(ROOT, "models/packs/credentials"), path.join(governance, "models/credentials"), { recursive: true });
  for (const name of ["ada", "eve"]) scene.expect(0, scene.run("key", "generate", name));
  const keys = scene.below("config", "cabincrew", "keys");
  const person = (id) => ({
    id,
    roles: ["operator"],
    keys: [readFileSync(path.join(keys, `${id}.pub`), "utf8").trim()],
  });
  const json = (name, value) => writeFileSync(path.join(governance, name), JSON.stringify(value, null, 2));
  json("authority.json", { version: 1, people: [person("ada"), { ...person("eve"), roles: ["guest"] }] });
  json("governance.json", {
    version: 1,
    policies: ["policies/default", "policies/supply-chain"],
    models: ["models/credentials"],
    authority: "authority.json",
  });
}

export function keyOf(scene, name) {
  return scene.below("config", "cabincrew", "keys", `${name}.pem`);
}

/** Kills the program once its take-off has begun. */
async function interrupted(scene, engine) {
  const workspace = scene.below("workspaces", "unknown");
  mkdirSync(workspace, { recursive: true });
  const argv = scene.argv(["run", workspace, "--engine", engine, "--sandbox", "off", "--events"]);
  const child = spawn(process.execPath, argv, { cwd: scene.root, env: scene.environment() });
  let seen = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      seen += chunk;
      if (seen.includes('"waiting"')) child.kill("SIGKILL");
    });
  }
  await new Promise((resolve) => child.once("close", resolve));
  scene.expect(9, scene.remember("unknown", scene.run("resume", "--json")));
}

/** Two runs of another ledger, one of which came with its contents. */
function importRuns(scene) {
  const other = new Scene(`${scene.root}.other`);
  copyTree(scene.below("governance"), other.below("governance"));
  copyTree(scene.below("config"), other.below("config"));
  for (const [name, script, ...flags] of [
    ["one", "echo four >> notes.txt", "--contents"],
    ["two", LOCKS],
  ]) {
    other.plan(name, "run", script);
    const file = other.below(`${name}.export`);
    other.expect(0, other.run("export", other.runs[name].id, "--output", file, ...flags));
    scene.expect(0, scene.run("import", file));
  }
  other.remove();
}

/** A new scene below the temporary directory, and a copy beside it from which `restore` takes things back. */
export async function makeScene() {
  const scene = new Scene(mkdtempSync(path.join(os.tmpdir(), "cabincrew-tamper-")));
  mkdirSync(scene.below("engines"));
  mkdirSync(scene.below("governance"));
  govern(scene);
  const engine = scene.below("engines", "waiting");
  writeFileSync(engine, WAITING);
  chmodSync(engine, 0o755);
  const approve = (name) =>
    scene.expect(
      0,
      scene.run("approve", scene.runs[name].id, "--json", "--key", keyOf(scene, "ada"), "--comment", "read"),
    );
  await interrupted(scene, engine);
  scene.expect(0, scene.plan("completed", "run", "echo two >> notes.txt; mkdir d; echo x > d/x"));
  scene.expect(3, scene.plan("voted", "run", LOCKS));
  approve("voted");
  scene.expect(0, scene.run("resume", scene.runs.voted.id, "--json"));
  scene.expect(1, scene.plan("failed", "run", "echo no >&2; exit 7"));
  scene.expect(4, scene.plan("denied", "run", "printf -- '-----BEGIN RSA PRIVATE KEY-----\\nx\\n' > id_rsa"));
  scene.expect(3, scene.plan("rejected", "run", LOCKS));
  scene.run("reject", scene.runs.rejected.id, "--json", "--key", keyOf(scene, "ada"), "--comment", "no");
  const noting = scene.below("engines", "noting");
  writeFileSync(noting, NOTING);
  chmodSync(noting, 0o755);
  mkdirSync(scene.below("workspaces", "engine"));
  const engineRun = ["plan", scene.below("workspaces", "engine"), "--engine", noting, "--json"];
  scene.expect(0, scene.remember("engine", scene.run(...engineRun)));
  copyTree(scene.state, `${scene.root}.older`);
  scene.expect(0, scene.plan("planned", "plan", "echo three >> notes.txt"));
  scene.expect(0, scene.plan("cancelled", "plan", "echo three >> notes.txt"));
  scene.run("cancel", scene.runs.cancelled.id, "--json");
  // Not last: the newest run is to be the newest of the ledger, which only a noted head misses.
  importRuns(scene);
  scene.expect(3, scene.plan("waiting", "run", LOCKS));
  scene.expect(3, scene.plan("approved", "run", LOCKS));
  approve("approved");
  scene.expect(0, scene.run("verify", "--json"));
  scene.pristine = `${scene.root}.pristine`;
  copyTree(scene.root, scene.pristine);
  return scene;
}

/** An exact copy in which nothing else is left: contents, modes, links, times. */
export function copyTree(from, to) {
  const done = spawnSync("rsync", ["-a", "--mkpath", "--checksum", "--delete", `${from}/`, `${to}/`], {
    encoding: "utf8",
  });
  if (done.status !== 0) throw new Error(`rsync: ${done.stderr}`);
}

/** Everything as it was when the scene was made, at the very same paths. */
export function restore(scene) {
  copyTree(scene.pristine, scene.root);
}

/** Another place with a copy of the state directory: enough for `verify`, and several can be asked at once. */
export function copyOfState(scene, name) {
  const copy = new Scene(`${scene.root}.${name}`);
  copy.runs = scene.runs;
  copy.pristine = scene.pristine;
  copyTree(scene.pristine, copy.root);
  return copy;
}
