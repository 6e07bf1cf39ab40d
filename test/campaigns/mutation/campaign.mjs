// Mutants of the code on which the guarantees rest, by Stryker, which is installed for this alone.
//   npm run campaign:mutation -- [data|code]
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { Report } from "../report.mjs";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const own = path.relative(root, import.meta.dirname);
const names = process.argv.length > 2 ? process.argv.slice(2) : ["data", "code"];
const report = new Report("mutants: passed are the killed ones, failed the survivors");
step("npm", ["ci", "--prefix", own, "--no-audit", "--no-fund"]);
step(process.execPath, ["bin/build.mjs"]);
for (const name of names) {
  step(path.join(own, "node_modules", ".bin", "stryker"), ["run", path.join(own, `${name}.stryker.mjs`)]);
  const { files } = JSON.parse(readFileSync(path.join(root, "dist", `mutation-${name}.json`), "utf8"));
  for (const [file, { mutants }] of Object.entries(files)) {
    for (const { status, mutatorName, location, replacement } of mutants) {
      if (status === "Ignored") continue;
      const survived = status !== "Killed" && status !== "Timeout";
      report.add(
        file,
        survived ? `${status} at line ${location.start.line}, ${mutatorName}: ${replacement}` : undefined,
      );
    }
  }
}
report.finish();

function step(command, argv) {
  const done = spawnSync(command, argv, { cwd: root, stdio: "inherit" });
  if (done.error) throw done.error;
  // Survivors are told by Stryker's report, not by its exit code.
  if (done.status !== 0 && !command.endsWith("stryker")) process.exit(done.status ?? 1);
}
