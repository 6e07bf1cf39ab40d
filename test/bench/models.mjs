// Lines a second of the shipped credentials model, as its process scores them: lines of this repository's dependencies, each once, and
// the same with the repetitions that real changes have. Nothing is asserted.
//   node test/bench/models.mjs [lines]
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { now, root } from "./timing.mjs";

const wanted = Number(process.argv[2] ?? 40_000);
const bundle = path.join(root, "dist", `bench-models-${process.pid}.mjs`);
await build({
  entryPoints: [path.join(root, "models", "index.ts")],
  outfile: bundle,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  logLevel: "error",
});
try {
  const { builtinModelPack, startModelJudge } = await import(pathToFileURL(bundle));
  const directory = builtinModelPack("credentials");
  const lines = sample(wanted);
  const distinct = [...new Set(lines)];
  const windows = distinct.reduce((sum, line) => sum + Math.max(1, Math.ceil((Buffer.byteLength(line) - 96) / 96)), 0);
  console.log(`${lines.length} lines, ${distinct.length} different, which are ${windows} windows of 192 bytes`);
  for (const [name, part] of [
    ["different lines", distinct],
    ["lines as they come", lines],
  ]) {
    const judge = startModelJudge([{ directory }], { timeoutMs: 600_000, memoryBytes: 2 ** 30 }, { sandbox: "auto" });
    await judge.judge(plan(["warm up"]));
    const before = measure();
    const began = now();
    const [evaluation] = await judge.judge(plan(part));
    const seconds = (now() - began) / 1000;
    const { peak, cpu } = measure();
    const busy = cpu - before.cpu;
    await judge.close();
    if (evaluation.failure) throw new Error(evaluation.reason);
    const digest = createHash("sha256").update(JSON.stringify(evaluation.findings)).digest("hex").slice(0, 12);
    console.log(
      `${rate(part.length / seconds)} lines/s, ${rate(part.length / busy)} a second of processor time: ${name}; ` +
        `peak memory ${peak} MiB; findings ${evaluation.evidence.findings_total} (${digest})`,
    );
  }
  console.log("goal: at least 20000 lines/s on 2 cores, below 300 MiB");
} finally {
  rmSync(bundle, { force: true });
}

/** Lines of the sources of installed packages, the same for the same installation. */
function sample(count) {
  const found = [];
  const files = readdirSync(path.join(root, "node_modules"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(js|ts|mjs|cjs|md)$/.test(file) && !/\.min\.|\.d\.ts$/.test(file))
    .sort();
  const step = Math.max(1, Math.floor(files.length / 600));
  for (let index = 0; index < files.length && found.length < count; index += step)
    found.push(
      ...readFileSync(path.join(root, "node_modules", files[index]), "utf8")
        .split("\n")
        .slice(0, 200),
    );
  // Lines of bundles, thousands of characters long, are as many windows: they would say little about lines.
  return found.filter((line) => line !== "" && line.length < 1000).slice(0, count);
}

function plan(lines) {
  const added = lines.map((text, index) => ({ line: index + 1, text }));
  const change = { op: "create", path: "a", entry: "file", binary: false, truncated: false, added, removed: [] };
  const summary = { artifacts: 1, files: 1 };
  return {
    artifacts: [{ name: "a", role: "evidence", artifact_type: "file", mime: "text/plain", metadata: {}, change }],
    summary,
  };
}

function rate(value) {
  return value.toFixed(0).padStart(7);
}

/**
 * Of the processes below this one: the most memory one of them ever had, in MiB, and the processor time of all, in seconds. On a
 * machine that does other things at the same time the latter is what says how fast the model is.
 */
function measure(pid = process.pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  const below = children.map(measure);
  const own = { peak: 0, cpu: 0 };
  if (pid !== process.pid) {
    own.peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) >> 10;
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
    own.cpu = (Number(fields[11]) + Number(fields[12])) / 100;
  }
  return {
    peak: Math.max(own.peak, ...below.map(({ peak }) => peak)),
    cpu: below.reduce((sum, { cpu }) => sum + cpu, own.cpu),
  };
}
