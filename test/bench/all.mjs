// npm run bench [-- NAME…]: every bench, or those named. Each prints ratios against a floor measured in the same run.
import { spawnSync } from "node:child_process";
import path from "node:path";

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : ["run", "decision", "ledger", "plan", "hash", "policies", "models"]) {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `${name}.mjs`)], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
