// The flagship recipe on a copy of ./workspace: a coding agent (scripted here) plans, a person approves, the plan takes off.
//   npm run example
import { spawnSync } from "node:child_process";
import { accessSync, constants, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const program = path.join(here, "..", "..", "..", "bin", "cabincrew.cjs");
const scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-example-"));
const cwd = path.join(scratch, "workspace");
/** Nothing of the user's is read or written: state and configuration lie in the scratch folder. */
const env = {
  ...process.env,
  CABINCREW_STATE_DIR: path.join(scratch, "state"),
  XDG_CONFIG_HOME: path.join(scratch, "config"),
  ANTHROPIC_API_KEY: "stand-in",
};

function say(text) {
  process.stderr.write(`${text}\n`);
}

/** Types a command where everybody sees it, and insists on its exit code. */
function cabincrew(expected, ...argv) {
  say(`\n$ cabincrew ${argv.map((word) => (/^[\w./=:-]+$/.test(word) ? word : `"${word}"`)).join(" ")}`);
  const { status } = spawnSync(process.execPath, [program, ...argv], { cwd, env, stdio: ["inherit", 2, 2] });
  say(`(exit ${status})`);
  if (status === expected) return;
  say(`\nThe example stops here: it expected exit ${expected}. \`npx cabincrew doctor\` says what this machine lacks.`);
  rmSync(scratch, { recursive: true, force: true });
  process.exit(1);
}

/** Where temporary files may not be started (a /tmp that is mounted noexec), the shell reads it. */
function starting(script) {
  try {
    accessSync(path.join(cwd, script), constants.X_OK);
    return [script];
  } catch {
    return ["sh", script];
  }
}

function newestRun() {
  const { stdout } = spawnSync(process.execPath, [program, "list", "--limit", "1", "--json"], { cwd, env });
  return JSON.parse(stdout).runs[0];
}

try {
  for (const name of ["workspace", "agent.sh"])
    cpSync(path.join(here, name), path.join(scratch, name), { recursive: true });
  const grants = ["--network", "--secret", "ANTHROPIC_API_KEY=env:ANTHROPIC_API_KEY", "--read", "../agent.sh"];
  cabincrew(3, "run", ".", ...grants, "--", ...starting("../agent.sh"), "-p", "Round prices to cents");
  cabincrew(0, "approve", newestRun().plan_token.slice(0, 12), "--comment", "read the diff", "--resume");
  cabincrew(0, "verify");
  const applied = readFileSync(path.join(cwd, "src", "price.js"), "utf8").includes("Math.round");
  say(applied ? "\nApplied exactly as approved. Next: npx cabincrew demo" : "\nThe change is missing.");
  process.exitCode = applied ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
