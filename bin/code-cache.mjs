// Writes what makes programs start fast: the text of --help, and V8's compiled form of the functions that typical commands
// and the thread of policies use. Run by bin/build.mjs.
//   node bin/code-cache.mjs
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { MessageChannel, Worker } from "node:worker_threads";

const { BUNDLE, CACHE, HELP, compile, evaluate } = createRequire(import.meta.url)("./cabincrew.cjs");

const source = readFileSync(BUNDLE, "latin1");
const digest = source.trimEnd().slice(-64);
const script = compile(source, undefined);
const cli = evaluate(script);
const scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-build-"));
let help = "";
await cli.main(["--help"], { stdout: { write: (text) => (help += text) }, stderr: process.stderr, env: {} });
replace(HELP, help);

const silent = { write: () => true, isTTY: false };
const surface = { stdout: silent, stderr: silent, env: {} };
const state = ["--state-dir", path.join(scratch, "state")];
// A workspace of its own, so that nothing of the machine is read; a command that fails here only leaves a smaller cache.
const workspace = mkdtempSync(path.join(scratch, "workspace-"));
process.env.XDG_CONFIG_HOME = scratch;
const root = path.dirname(path.dirname(BUNDLE));
const governance = path.join(scratch, "governance");
mkdirSync(governance);
const packs = {
  policies: [path.join(root, "policies/packs/default")],
  models: [path.join(root, "models/packs/credentials")],
};
writeFileSync(path.join(governance, "governance.json"), JSON.stringify({ version: 1, ...packs }));
const engine = path.join(root, "engines/templates/shell/engine.sh");
const write = process.stderr.write;
process.stderr.write = () => true;
try {
  for (const argv of [
    ["run", workspace, ...state, "--", process.execPath, "-e", "require('fs').writeFileSync('a', '1')"],
    ["run", workspace, ...state, "--governance", governance, "--engine", engine],
    ["list", ...state],
  ]) {
    await cli.main(argv, surface);
  }
} finally {
  process.stderr.write = write;
  rmSync(scratch, { recursive: true, force: true });
}
replace(CACHE, Buffer.concat([Buffer.from(digest, "latin1"), script.createCachedData()]));
await cachePolicies();
process.exit(0);

/** The thread as it is after it has judged something with the pack that is always there. */
async function cachePolicies() {
  const dist = path.dirname(BUNDLE);
  const pack = (name) => readFileSync(path.join(dist, "..", "policies", "packs", "default", name));
  const { entrypoints, wasm, data } = JSON.parse(pack("pack.json"));
  const { port1: ours, port2: cachePort } = new MessageChannel();
  const thread = new Worker(path.join(dist, "policies-worker.cjs"), {
    env: {},
    execArgv: [],
    workerData: { cachePort },
    transferList: [cachePort],
  });
  const memoryBytes = 512 * 1024 * 1024;
  const load = { wasm: pack(wasm), data: data ? pack(data).toString() : "{}", entrypoints, memoryBytes };
  const judged = new Promise((resolve, reject) => {
    thread.once("error", reject);
    thread.on("message", ({ type, answer }) => {
      if (type === "ended") "failure" in answer ? reject(new Error(answer.failure.sentence)) : resolve();
    });
  });
  thread.postMessage({ id: 0, pack: 0, load });
  await judged;
  const compiled = new Promise((resolve) => ours.once("message", resolve));
  ours.postMessage("compiled form");
  const made = readFileSync(path.join(dist, "policies-judging.cjs"), "latin1").trimEnd().slice(-64);
  replace(path.join(dist, "policies-judging.cache"), Buffer.concat([Buffer.from(made, "latin1"), await compiled]));
}

function replace(file, contents) {
  writeFileSync(`${file}.${process.pid}.tmp`, contents);
  renameSync(`${file}.${process.pid}.tmp`, file);
}
