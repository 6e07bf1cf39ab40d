// Mutants of the code on which the guarantees rest, by Stryker, which is installed for this alone. What is committed is judged,
// in a clone, so that an interrupted campaign leaves no mutant behind.
//   npm run campaign:mutation -- [data|code|ledger]
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Report } from "../report.mjs";
import { explanation } from "./explained.mjs";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const own = path.relative(root, import.meta.dirname);
const names = process.argv.length > 2 ? process.argv.slice(2) : ["data", "code", "ledger"];
const report = new Report("mutants: passed are the killed and the explained ones, failed the survivors");
const clone = mkdtempSync(path.join(tmpdir(), "cabincrew-mutants-"));
try {
  step(root, "npm", ["ci", "--prefix", own, "--no-audit", "--no-fund"]);
  step(root, "git", ["clone", "--quiet", root, clone]);
  for (const modules of ["node_modules", path.join(own, "node_modules")])
    symlinkSync(path.join(root, modules), path.join(clone, modules));
  step(clone, process.execPath, ["bin/build.mjs"]);
  for (const name of names) {
    const stryker = path.join(own, "node_modules", ".bin", "stryker");
    step(clone, stryker, ["run", path.join(own, `${name}.stryker.mjs`)]);
    tell(JSON.parse(readFileSync(path.join(clone, "dist", `mutation-${name}.json`), "utf8")));
  }
} finally {
  rmSync(clone, { recursive: true, force: true });
}
report.finish();

function tell({ files }) {
  for (const [file, { mutants, source }] of Object.entries(files)) {
    const lines = source.split("\n");
    const explained = new Set();
    for (const { status, mutatorName, location, replacement } of mutants) {
      if (status === "Ignored") continue;
      const change = `${mutatorName}: ${replacement}`;
      const survived = status !== "Killed" && status !== "Timeout";
      const why = survived ? explanation(file, lines[location.start.line - 1] ?? "", change) : undefined;
      if (why) explained.add(`line ${location.start.line}: ${why}`);
      report.add(file, survived && !why ? `${status} at line ${location.start.line}, ${change}` : undefined);
    }
    if (explained.size > 0) report.note(file, [...explained].join("; "));
  }
}

function step(cwd, command, argv) {
  const done = spawnSync(command, argv, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, CABINCREW_TEST_NO_BUILD: "1" },
  });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${command} ${argv.join(" ")} exited with ${done.status}`);
}
