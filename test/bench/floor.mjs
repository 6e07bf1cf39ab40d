// The least one governed run can cost on this machine, written by hand with nothing to spare: two launches of an engine, the
// artifact hashed twice, one OPA and one ONNX evaluation, and fifteen durable commits of a hash-chained event and a state row.
//   node test/bench/floor.mjs DIRECTORY ENGINE POLICY.wasm MODEL.onnx [REPEAT]       REPEAT: runs in one warm process
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const [directory, engine, policyFile, modelFile, repeat = "1"] = process.argv.slice(2);
const artifacts = path.join(directory, "floor-artifacts");
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const sorted = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key])]),
      )
    : value;

const db = new (require(Number(process.versions.napi) >= 10 ? "better-sqlite3-napi" : "better-sqlite3"))(
  path.join(directory, "floor.db"),
);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec(`create table if not exists entries (seq integer primary key, body text not null, hash text not null) strict;
  create table if not exists runs (id text primary key, state text not null, version integer not null) strict`);
const insert = db.prepare("insert into entries (body, hash) values (?, ?)");
const upsert = db.prepare(
  "insert into runs values (?, ?, 1) on conflict (id) do update set state = excluded.state, version = version + 1",
);
const commit = db.transaction((body, hash, id, state) => {
  insert.run(body, hash);
  upsert.run(id, state);
});
let head = db.prepare("select hash from entries order by seq desc limit 1").pluck().get() ?? "0".repeat(64);

let policy;
let ort;
let session;

async function governedRun(id) {
  let commits = 0;
  const record = (type, state, data = {}) => {
    const body = JSON.stringify(sorted({ type, state, at: new Date().toISOString(), run_id: id, prev: head, ...data }));
    head = sha256(body);
    commit(body, head, id, state);
    commits += 1;
  };
  const launch = (mode) => {
    const env = { PATH: process.env.PATH, CABINCREW_ARTIFACTS_DIR: artifacts };
    const input = JSON.stringify({
      protocol_version: "draft",
      mode,
      meta: { workflow_id: id, step_id: "main" },
      config: {},
    });
    const done = spawnSync(engine, ["--mode", mode], { input, env });
    if (done.status !== 0) throw new Error(String(done.stderr));
    return JSON.parse(done.stdout);
  };
  const artifact = () => JSON.parse(readFileSync(path.join(artifacts, "note", "artifact.json")));

  rmSync(artifacts, { recursive: true, force: true });
  mkdirSync(artifacts, { recursive: true });
  for (const type of ["opened", "step", "engine.started"]) record(type, "PLAN_RUNNING");
  const receipt = launch("flight-plan");
  record("engine.completed", "PLAN_GENERATED", { receipt });
  const token = sha256(JSON.stringify(sorted(artifact())));
  record("artifacts", "ARTIFACTS_VALIDATED");
  record("token", "TOKEN_CREATED", { token });
  record("preflight", "PRE_FLIGHT_RUNNING");
  policy ??= require("@open-policy-agent/opa-wasm").loadPolicySync(readFileSync(policyFile));
  const decision = policy.evaluate({ artifacts: [artifact()] });
  record("policy", "PRE_FLIGHT_RUNNING", { decision });
  ort ??= require("onnxruntime-node");
  session ??= await ort.InferenceSession.create(modelFile, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const bytes = Float32Array.from({ length: 64 }, (_, index) => token.charCodeAt(index) / 128);
  const { score } = await session.run({ x: new ort.Tensor("float32", bytes, [1, 64]) });
  record("model", "PRE_FLIGHT_RUNNING", { score: score.data[0] });
  record("decided", "PREFLIGHT_COMPLETE");
  if (sha256(JSON.stringify(sorted(artifact()))) !== token) throw new Error("mismatch");
  record("verified", "READY_FOR_TAKEOFF");
  record("engine.started", "TAKEOFF_RUNNING");
  record("engine.completed", "EXECUTION_COMPLETE", { receipt: launch("take-off") });
  while (commits < 15) record("completed", "COMPLETED");
}

const times = [];
for (let index = 0; index < Number(repeat); index += 1) {
  const began = performance.now();
  await governedRun(`${process.pid}-${index}`);
  times.push(performance.now() - began);
}
if (times.length > 1) console.log(JSON.stringify(times.slice(1)));
