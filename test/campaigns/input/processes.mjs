// The program itself, as a process, with hostile arguments and files: whatever comes, it ends by itself with a documented exit
// code, shows no stack trace, and with --json prints exactly one document.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const EXIT_CODES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const DEADLINE_MS = 20_000;

/** `command` is what starts the program, `scratch` an empty directory. */
export function checkProcesses(count, { command, scratch, random, hostile }, report) {
  const kind = "the program as a process";
  const workspace = path.join(scratch, "workspace");
  mkdirSync(workspace, { recursive: true });
  writeFileSync(path.join(workspace, "a.txt"), "a\n");
  const words = ["run", "plan", "list", "approvals", "show", "approve", "verify", "audit", "policy", "engine", "check"]
    .concat([
      ".",
      workspace,
      "/",
      "/nope",
      "--config",
      "--governance",
      "--export",
      "--public-key",
      "--limit",
      "--format",
    ])
    .concat(["--", "true", "false", "--engine", "exec", "--sandbox", "off", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "deadbeef"]);
  for (let index = 0; index < count; index += 1) {
    const argv = Array.from({ length: random.below(7) }, () =>
      random.chance(6) ? hostile(random) : random.pick(words),
    );
    // An argument with a NUL cannot be handed to any program.
    const usable = argv.map((word) => word.replaceAll("\0", ""));
    const done = spawnSync(command[0], [...command.slice(1), "--json", ...usable], {
      cwd: workspace,
      env: { PATH: process.env.PATH, HOME: scratch, CABINCREW_STATE_DIR: path.join(scratch, "state") },
      encoding: "utf8",
      timeout: DEADLINE_MS,
      maxBuffer: 64 * 1024 * 1024,
      input: "",
    });
    report.add(kind, problemOf(done, usable));
  }
}

function problemOf({ status, signal, stdout, stderr }, argv) {
  const what = `cabincrew --json ${JSON.stringify(argv)}`;
  if (signal) return `${what} was ended by ${signal}`;
  if (!EXIT_CODES.has(status)) return `${what} exited with ${status}`;
  if (/\n\s+at \S+ \(?.*:\d+:\d+\)?/.test(stderr + stdout))
    return `${what} shows a stack trace: ${stderr.slice(0, 600)}`;
  const text = argv.some((word) => ["--help", "-h", "--version", "completion"].includes(word)) || stdout === "";
  try {
    if (!text) JSON.parse(stdout);
  } catch {
    return `${what} printed what is no JSON document: ${stdout.slice(0, 300)}`;
  }
  return undefined;
}
