// One place per case: a workspace, a state directory with an earlier run's content, and around them everything an engine has no business with.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

export const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const PROGRAM = path.join(ROOT, "bin", "cabincrew.cjs");
const CANARY = "nobody may change this\n";
const LIMITS = { timeout_seconds: 3, memory_bytes: 300 << 20, artifacts: 100, artifact_bytes: 32 << 20 };
const GRACE_MS = 60_000;
const LATE_MS = 1_000;

/** A scene below the temporary directory, owned by `mode`'s user. `run` calls the program, `close` ends what the scene holds. */
export async function makeScene(attack, mode) {
  const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-malice-"));
  const at = (...names) => path.join(root, ...names);
  const mark = `malice-${randomBytes(8).toString("hex")}`;
  for (const name of [
    "workspace",
    "state",
    "governance/policies",
    "config/cabincrew/keys",
    "outside",
    "engines",
    "home",
    "shut",
  ])
    mkdirSync(at(name), { recursive: true });
  writeFileSync(at("workspace/notes.txt"), "as it was\n");
  symlinkSync(at("outside"), at("workspace/link-out"));
  writeFileSync(at("outside/canary"), CANARY);
  writeFileSync(at("config/cabincrew/keys/ada.pem"), "an approver's key\n", { mode: 0o600 });
  const governance = `${JSON.stringify({ version: 1, policies: ["policies/default"], limits: LIMITS })}\n`;
  cpSync(path.join(ROOT, "policies/packs/default"), at("governance/policies/default"), { recursive: true });
  writeFileSync(at("governance/governance.json"), governance);
  const program = at("engines", "hostile");
  writeFileSync(program, readFileSync(path.join(import.meta.dirname, "hostile.py")));
  chmodSync(program, 0o755);
  const secret = randomBytes(12).toString("hex");
  const heard = [];
  const listeners = await listen(heard, mark, at);
  const owner = mode.uid === undefined ? {} : { uid: mode.uid, gid: mode.uid };
  const victim = spawn("/bin/sleep", ["300"], { env: { MALICE_SECRET: secret }, stdio: "ignore", ...owner });
  const places = {
    outside: at("outside"),
    state: at("state"),
    governance: at("governance"),
    config: at("config"),
    workspace: at("workspace"),
  };
  writeFileSync(
    at("engines/params.json"),
    JSON.stringify({
      ...places,
      ...listeners.addresses,
      attack: attack.name,
      strikes: mode.way === "own take-off" ? "take-off" : "flight-plan",
      engine: "hostile",
      mark,
      secret,
      victim: victim.pid,
    }),
  );
  if (mode.uid !== undefined) give(root, mode.uid);
  const before = lstatSync(at("outside/canary"));

  return {
    root,
    mark,
    program,
    workspace: at("workspace"),
    heard,
    victim,
    run: (...argv) => ended(root, ["--state-dir", at("state"), "--governance", at("governance"), ...argv], owner),
    /** Tells whatever still lives that the run is over, and gives it time to strike. */
    async over() {
      writeFileSync(at("outside/over"), "");
      await delay(LATE_MS);
    },
    /** What of the things around was touched, as words. */
    touched() {
      const said = [];
      if (textOf(at("outside/canary")) !== CANARY) said.push("a file outside");
      else if (
        before.mtimeMs !== lstatSync(at("outside/canary")).mtimeMs ||
        before.mode !== lstatSync(at("outside/canary")).mode
      )
        said.push("the mode of a file outside");
      if (textOf(at("outside/left-open"))) said.push("a file left open");
      if (textOf(at("workspace/notes.txt")) !== "as it was\n") said.push("the workspace");
      if (textOf(at("governance/governance.json")) !== governance) said.push("governance");
      if (victim.exitCode !== null || victim.signalCode !== null) said.push("another process");
      return [...said, ...heard];
    },
    async close() {
      victim.kill("SIGKILL");
      // Without a sandbox these two directories are the machine's own.
      for (const place of ["/tmp", "/dev/shm"]) rmSync(path.join(place, `.planted-${mark}`), { force: true });
      await listeners.close();
    },
  };
}

/** Servers on the loopback, on an abstract name and in two directories; what each hears goes into `heard`. */
async function listen(heard, mark, at) {
  const server = (name) =>
    net.createServer((line) => line.on("error", () => undefined).once("data", () => heard.push(name)));
  const files = { socket: at("shut/plain.sock"), granted: at("outside/granted.sock") };
  const servers = [];
  for (const [name, where] of [
    ["a TCP server", { host: "127.0.0.1", port: 0 }],
    ["an abstract socket", { path: `\0${mark}` }],
    ["a socket outside", { path: files.socket }],
    ["a socket in a granted directory", { path: files.granted }],
  ]) {
    const each = server(name).listen(where);
    await once(each, "listening");
    servers.push(each);
  }
  const udp = dgram.createSocket("udp4", () => heard.push("a UDP server"));
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  return {
    addresses: { port: servers[0].address().port, udp: udp.address().port, abstract: mark, socket: files.socket },
    close: async () => {
      udp.close();
      for (const each of servers) await new Promise((resolve) => each.close(resolve));
    },
  };
}

function give(root, uid) {
  for (const name of spawnList(root)) chownSync(name, uid, uid);
}

function spawnList(root) {
  return [root, ...readdirSync(root, { recursive: true }).map((name) => path.join(root, name))].filter(
    (name) => !lstatSync(name).isSymbolicLink(),
  );
}

/** The program run to its end, or killed after a minute, which no attack may bring about: `hung`. */
async function ended(root, argv, owner) {
  const open = openSync(path.join(root, "outside/left-open"), "a");
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: path.join(root, "home"),
      TMPDIR: process.env.TMPDIR,
      XDG_CONFIG_HOME: path.join(root, "config"),
      // What a person's shell may hold; none of it may reach an engine.
      BASH_ENV: path.join(root, "home/evil"),
      PYTHONSTARTUP: path.join(root, "home/evil"),
      GIT_DIR: path.join(root, "home/evil"),
      MALICE_SECRET: "of the person",
    },
    // A descriptor that the person's shell left open for whatever it starts.
    stdio: ["ignore", "pipe", "pipe", ...Array(197).fill("ignore"), open],
    ...owner,
  });
  closeSync(open);
  let hung = false;
  const patience = setTimeout(() => {
    hung = true;
    child.kill("SIGKILL");
  }, GRACE_MS);
  const out = textOfStream(child.stdout);
  const err = textOfStream(child.stderr);
  const [code, signal] = await once(child, "exit");
  clearTimeout(patience);
  // Whoever still holds the streams is looked for by the caller; they are not waited for.
  child.stdout.destroy();
  child.stderr.destroy();
  const done = { code, signal, hung, out: out(), err: err() };
  try {
    done.document = JSON.parse(done.out);
  } catch {}
  return done;
}

function textOfStream(stream) {
  let all = "";
  stream.setEncoding("utf8").on("data", (chunk) => {
    if (all.length < 1 << 20) all += chunk;
  });
  stream.on("error", () => undefined);
  return () => all;
}

function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
