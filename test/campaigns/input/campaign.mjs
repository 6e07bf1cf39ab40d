// Hostile input for every parser and for the command line.
//   npm run campaign:input -- [--count 1000000] [--numbers 100000000] [--processes 2000] [--seed 1] [--only NAME]
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { Report } from "../report.mjs";
import { checkNumbers } from "./numbers.mjs";
import { checkProcesses } from "./processes.mjs";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1000000" },
    numbers: { type: "string", default: "100000000" },
    processes: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
  },
});
const [count, numbers, processes, seed] = ["count", "numbers", "processes", "seed"].map((key) => Number(values[key]));
const wanted = (name) => values.only === undefined || name.includes(values.only);
const report = new Report(`hostile input, seed ${seed}`);
const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-campaign-"));
// Beside the project's own bundles, since libraries that stay outside a bundle are found from there.
const bundle = path.join(root, "dist", `campaign-input-${process.pid}.mjs`);
try {
  await build({
    entryPoints: [path.join(import.meta.dirname, "subjects.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: bundle,
    logLevel: "warning",
  });
  const product = await import(pathToFileURL(bundle).href);
  await everySubject(product);
  if (numbers > 0 && wanted("numbers")) checkNumbers(numbers, product.canonicalJson, report);
  if (processes > 0 && wanted("processes")) {
    const place = path.join(scratch, "processes");
    mkdirSync(place);
    const hostile = (random) => random.pick(product.NASTY_TEXTS);
    const command = [process.execPath, path.join(root, "bin", "cabincrew.cjs")];
    checkProcesses(processes, { command, scratch: place, random: new product.Random(seed), hostile }, report);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
  rmSync(bundle, { force: true });
}
report.finish();

async function everySubject({ documents, exportSubject, importSubject, forgedSubject, files, texts, attempt, Random }) {
  const place = path.join(scratch, "files");
  mkdirSync(place);
  const exported = exportedLedger();
  const subjects = [
    ...documents,
    ...(await files(place)),
    ...texts,
    exportSubject("exported ledger", exported.lines, exported.publicKey),
    exportSubject("exported run", exported.bundle, exported.publicKey),
    exportSubject("exported contents", exported.contents, exported.publicKey),
    importSubject("imported run", exported.bundle, exported.publicKey),
    importSubject("imported contents", exported.contents, exported.publicKey),
    forgedSubject("forged run", exported.contents),
  ].filter(({ name }) => wanted(name));
  const shares = subjects.reduce((sum, { share }) => sum + share, 0);
  for (const [at, subject] of subjects.entries()) {
    const inputs = Math.ceil((count * subject.share) / shares);
    for (let index = 0; index < inputs; index += 1) {
      const number = (seed * 1_000_003 + at * 7_919 + index) >>> 0;
      const problem = await attempt(subject, new Random(number));
      report.add(subject.name, problem && `input ${number}: ${problem}`);
    }
  }
}

/** A small ledger of real runs, exported both ways. */
function exportedLedger() {
  const workspace = path.join(scratch, "workspace");
  mkdirSync(workspace);
  writeFileSync(path.join(workspace, "a.txt"), "a\n");
  const state = path.join(scratch, "state");
  const cabincrew = (...argv) => {
    const done = spawnSync(process.execPath, [path.join(root, "bin", "cabincrew.cjs"), ...argv], {
      env: { PATH: process.env.PATH, HOME: scratch, CABINCREW_STATE_DIR: state },
      encoding: "utf8",
    });
    if (done.status !== 0) throw new Error(`cabincrew ${argv.join(" ")} exited with ${done.status}: ${done.stderr}`);
    return done.stdout;
  };
  const { run_id } = JSON.parse(cabincrew("run", workspace, "--json", "--", "sh", "-c", "echo b >> a.txt"));
  const lines = path.join(scratch, "ledger.ndjson");
  writeFileSync(lines, cabincrew("audit", "--format", "ndjson"));
  const bundle = path.join(scratch, "run.json");
  writeFileSync(bundle, cabincrew("export", run_id));
  const contents = path.join(scratch, "run.ndjson");
  writeFileSync(contents, cabincrew("export", run_id, "--contents"));
  return { lines, bundle, contents, publicKey: path.join(state, "keys", "ledger.pub.pem") };
}
