// The same plan judged again and again: every evaluation must be the first one, bit for bit.
//   npm run campaign:determinism -- [--repeats 1000] [--files 12] [--seed 1] [--only NAME]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { Report } from "../report.mjs";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
/** Of so many judgements one is made by a judge in a new process or thread, and one by a program started anew. */
const NEW_JUDGE = 20;
const NEW_PROGRAM = 100;
const { values } = parseArgs({
  options: {
    repeats: { type: "string", default: "1000" },
    files: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    once: { type: "string" },
    bundle: { type: "string" },
  },
});
const [repeats, files, seed] = ["repeats", "files", "seed"].map((key) => Number(values[key]));
if (values.once !== undefined) await judgeOnce();
else await everySubject();

async function everySubject() {
  const report = new Report(`the same plan ${repeats} times, seed ${seed}`);
  // Beside the project's own bundles, since programs and libraries outside a bundle are found from there.
  const bundle = path.join(root, "dist", `campaign-determinism-${process.pid}.mjs`);
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
    const { subjects, planOf, contentsOf } = await import(pathToFileURL(bundle).href);
    const plan = planOf(seed, files);
    for (const subject of subjects(root).filter(({ name }) => name.includes(values.only)))
      await repeat(subject, { plan, contents: contentsOf(plan) }, bundle, report);
  } finally {
    rmSync(bundle, { force: true });
  }
  report.finish();
}

async function repeat(subject, { plan, contents }, bundle, report) {
  let judge = subject.start();
  const first = JSON.stringify(await judge.judge(plan, contents));
  const failure = JSON.parse(first).find((evaluation) => evaluation.failure);
  if (failure) report.add(subject.name, `it judged nothing: ${failure.reason}`);
  const tell = (same, turn, how) => report.add(subject.name, same ? undefined : `judgement ${turn}, ${how}, differs`);
  let judges = 1;
  let programs = 0;
  for (let turn = 1; turn <= repeats; turn += 1) {
    if (turn % NEW_PROGRAM === 0) {
      programs += 1;
      tell(inNewProgram(subject.name, bundle) === sha256(first), turn, "in a new program");
      continue;
    }
    const renew = turn % NEW_JUDGE === 0;
    if (renew) {
      await judge.close();
      judge = subject.start();
      judges += 1;
    }
    tell(
      JSON.stringify(await judge.judge(plan, contents)) === first,
      turn,
      renew ? "by a new judge" : "by the same judge",
    );
  }
  await judge.close();
  const findings = JSON.parse(first).reduce((sum, evaluation) => sum + evaluation.findings.length, 0);
  report.note(subject.name, `${findings} findings each; ${judges} judges, ${programs} new programs`);
}

function inNewProgram(name, bundle) {
  const options = ["--once", name, "--bundle", bundle, "--files", String(files), "--seed", String(seed)];
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...options], { encoding: "utf8" });
  return stdout.trim();
}

/** The program started anew: prints the digest of one judgement. */
async function judgeOnce() {
  const { subjects, planOf, contentsOf } = await import(pathToFileURL(values.bundle).href);
  const judge = subjects(root)
    .find(({ name }) => name === values.once)
    .start();
  const plan = planOf(seed, files);
  process.stdout.write(sha256(JSON.stringify(await judge.judge(plan, contentsOf(plan)))));
  await judge.close();
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}
