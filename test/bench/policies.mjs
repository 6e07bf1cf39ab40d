// Judging a large plan: three packs and a model through the judges, against conftest with the same Rego, and against the bare
// evaluations in one loop. Nothing is asserted.
//   npm run bench -- policies      conftest from $CONFTEST or PATH (go install github.com/open-policy-agent/conftest@v0.71.0);
//                                  without it that comparison is left out. ARTIFACTS=10000
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { report, root, run, scratch } from "./timing.mjs";

const require = createRequire(import.meta.url);
const packs = ["default", "supply-chain", "agents"].map((name) => path.join(root, "policies", "packs", name));
const model = path.join(root, "models", "packs", "credentials");
const directory = scratch();
const bundle = path.join(root, "dist", `bench-judges-${process.pid}.mjs`);
const input = plan(Number(process.env.ARTIFACTS ?? 10_000));
const inputFile = path.join(directory, "plan.json");
writeFileSync(inputFile, JSON.stringify(input));
const [bundled] = process.argv.slice(2);
if (bundled) await judgedAlone(bundled);
else await compared();

/** This file again with nothing but the judging in it, for its memory: the models' process is counted by itself. */
async function judgedAlone(module) {
  await judged(await import(pathToFileURL(module).href));
  console.log(process.resourceUsage().maxRSS / 1024);
}

async function compared() {
  try {
    await build({
      stdin: {
        contents: `export { startPolicyJudge } from "./policies/index.ts"; export { startModelJudge } from "./models/index.ts";`,
        resolveDir: root,
        loader: "ts",
      },
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outfile: bundle,
    });
    const judges = await import(pathToFileURL(bundle).href);
    const rounds = Number(process.env.ROUNDS ?? 5);
    const bare = [];
    const ours = [];
    const theirs = [];
    const conftest = process.env.CONFTEST ?? "conftest";
    const hasConftest = spawnSync(conftest, ["--version"]).status === 0;
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await timed(bareEvaluations));
      ours.push(await timed(() => judged(judges)));
      if (hasConftest) theirs.push(await timed(() => conftests(conftest)));
    }
    const medians = { "bare evaluations, one loop": bare, "cabincrew's judges, cold": ours };
    report(`${input.artifacts.length} artifacts, three packs and a model`, medians, {
      "cabincrew's judges, cold": 1.5,
    });
    if (hasConftest) {
      const policiesOnly = [];
      for (let round = 0; round < rounds; round += 1)
        policiesOnly.push(await timed(() => judged(judges, { models: false })));
      const pair = {
        "cabincrew's judges, packs only": policiesOnly,
        "conftest test, the same Rego": theirs,
      };
      report("the packs alone, against conftest (goal: at least 5 x)", pair, {});
    } else console.log("\nconftest is not here: its comparison is left out");
    const alone = run(process.execPath, [import.meta.filename, bundle]).stdout;
    console.log(
      `\n  most memory of a process that judges it once: ${Number(alone).toFixed(0)} MiB  (goal: at most 300)`,
    );
  } finally {
    rmSync(bundle, { force: true });
  }
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function judged({ startPolicyJudge, startModelJudge }, { models = true } = {}) {
  const limits = { timeoutMs: 120_000, memoryBytes: 1024 ** 3 };
  const policy = startPolicyJudge(
    packs.map((each) => ({ directory: each, origin: "builtin" })),
    limits,
  );
  const scores = models ? startModelJudge([{ directory: model }], limits, { sandbox: "auto", hide: [] }) : undefined;
  const evaluations = (await Promise.all([policy.judge(input), scores?.judge(input) ?? []])).flat();
  await Promise.all([policy.close(), scores?.close()]);
  const failed = evaluations.find(({ failure }) => failure !== undefined);
  if (failed) throw new Error(`${failed.policy_id}: ${failed.reason}`);
}

async function bareEvaluations() {
  const { loadPolicySync } = require("@open-policy-agent/opa-wasm");
  const text = JSON.stringify(input);
  const bytes = new TextEncoder().encode(text).buffer;
  for (const pack of packs) {
    const policy = loadPolicySync(readFileSync(path.join(pack, "policy.wasm")), { initial: 8000, maximum: 32_768 });
    policy.setData(JSON.parse(readFileSync(path.join(pack, "data.json"), "utf8")));
    policy.evaluate(bytes);
  }
  await bareScores();
}

async function bareScores() {
  const ort = require("onnxruntime-node");
  const manifest = JSON.parse(readFileSync(path.join(model, "manifest.json"), "utf8"));
  const { length, offset, batch, tensor } = manifest.input;
  const session = await ort.InferenceSession.create(path.join(model, manifest.file), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const lines = input.artifacts.flatMap(({ change }) => change.added.map(({ text }) => Buffer.from(text)));
  for (let at = 0; at < lines.length; at += batch) {
    const some = lines.slice(at, at + batch);
    const data = new Int32Array(some.length * length);
    for (const [row, line] of some.entries())
      for (let column = 0; column < Math.min(line.length, length); column += 1)
        data[row * length + column] = line[column] + offset;
    await session.run({ [tensor]: new ort.Tensor("int32", data, [some.length, length]) });
  }
}

/** conftest merges all data into one document, so each pack is a run of its own. */
function conftests(program) {
  for (const pack of packs) {
    const { entrypoints } = JSON.parse(readFileSync(path.join(pack, "pack.json"), "utf8"));
    const namespaces = entrypoints.flatMap((entrypoint) => ["--namespace", entrypoint.replaceAll("/", ".")]);
    const data = ["--data", path.join(pack, "data.json")];
    run(program, ["test", inputFile, "--policy", pack, ...data, ...namespaces, "--no-fail", "--no-color"]);
  }
}

/** Ordinary changes of ordinary files: nothing of it is denied, some lines are worth a look. */
function plan(count) {
  const code = [
    "const total = items.reduce((sum, item) => sum + item.price, 0);",
    "  return response.json({ ok: true });",
    "def handler(event, context):",
    "# explains what the next lines do",
    "SELECT id, name FROM users WHERE id = $1;",
    "  if err != nil { return err }",
    "import { readFile } from 'node:fs/promises';",
  ];
  const artifacts = Array.from({ length: count }, (_, index) => change(index, code));
  const created = artifacts.filter(({ action }) => action === "create").length;
  return {
    format: "cabincrew.preflight/1",
    time: "2026-01-02T03:04:05.000Z",
    workflow: { id: "cabincrew.single-step", step_id: "main" },
    mode: "flight-plan",
    principal: { id: "bench", proven: false },
    engine: { id: "bench", version: "1", digest: "e".repeat(64), idempotent: true, reconcile: false },
    config: {},
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    workspace: { hash: "d".repeat(64), path: "/workspace" },
    sandbox: { kind: "none" },
    receipt: {},
    artifacts,
    summary: {
      artifacts: count,
      files: count,
      created,
      updated: count - created,
      deleted: 0,
      renamed: 0,
      binary: 0,
      insertions: 3 * count,
      deletions: count,
    },
  };
}

function change(index, code) {
  const op = index % 10 === 0 ? "create" : "update";
  const file = `src/module${index % 100}/file${index}.${["ts", "py", "go", "sql"][index % 4]}`;
  const line = (number) => ({ line: number, text: `${code[(index + number) % code.length]} // ${index}` });
  return {
    name: `c${index}`,
    role: "state",
    artifact_type: "file",
    action: op,
    target: file,
    mime: "text/plain",
    sha256: "a".repeat(64),
    size: 180,
    metadata: {},
    change: {
      op,
      path: file,
      entry: "file",
      ...(op === "update" ? { old_entry: "file", old_mode: "0644" } : {}),
      mode: "0644",
      executable: false,
      became_executable: false,
      setid: false,
      binary: false,
      insertions: 3,
      deletions: 1,
      added: [1, 2, 3].map(line),
      removed: [{ line: 1, text: "before" }],
      truncated: false,
    },
  };
}
