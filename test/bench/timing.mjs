// Shared by the benches: cases run in turns, so that noise of the machine hits all of them alike; medians and ratios.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

delete process.env.NODE_EXTRA_CA_CERTS; // where set, it adds tens of milliseconds to every start of Node
export const root = path.resolve(import.meta.dirname, "..", "..");
export const cli = path.join(root, "bin", "cabincrew.cjs");
export const now = () => Number(process.hrtime.bigint()) / 1e6;

export function scratch() {
  const directory = mkdtempSync(path.join(tmpdir(), "cabincrew-bench-"));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Milliseconds of each case, run round-robin after two warm-up rounds. Cases may be synchronous or not. */
export async function inTurns(cases, rounds) {
  const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let round = -2; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(cases)) {
      const began = now();
      await run();
      if (round >= 0) times[name].push(now() - began);
    }
  }
  return times;
}

/** Prints medians, and the ratio of each case to the first, paired round by round. `limits` by name is only shown. */
export function report(title, times, limits = {}) {
  const [base] = Object.keys(times);
  console.log(`\n${title}`);
  for (const [name, values] of Object.entries(times)) {
    const ratio = median(values.map((value, round) => value / times[base][round]));
    const limit = limits[name] ? `  (goal: at most ${limits[name]} x)` : "";
    console.log(`  ${median(values).toFixed(1).padStart(9)} ms  x ${ratio.toFixed(2)}  ${name}${limit}`);
  }
}

/** Runs a program to its end and throws when it fails, so that no bench measures an error. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", ...options });
  if (done.status !== (options.expect ?? 0)) {
    throw new Error(`${command} ${args.join(" ")} exited with ${done.status ?? done.signal}: ${done.stderr}`);
  }
  return done;
}
