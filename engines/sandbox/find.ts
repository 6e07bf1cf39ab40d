/**
 * Says whether bubblewrap works here, not merely whether it is installed: containers and hardened kernels often refuse
 * namespaces. The answer comes from one probe of a few milliseconds and is kept for this process only. A failed launch is
 * never taken as the answer: an engine that imitates bubblewrap's failure could talk its way out of the sandbox.
 */
import { spawn } from "node:child_process";
import { namespaceArguments } from "./namespaces.ts";
import { findProgram } from "./search-path.ts";

let answer: Promise<string | undefined> | undefined;

/**
 * Path of a bubblewrap that can make every namespace the sandbox uses, else undefined. Never rejects. Call it early
 * without waiting to have the probe run beside other work.
 */
export function findBubblewrap(): Promise<string | undefined> {
  answer ??= findProgram("bwrap").then(async (file) => (file && (await probe(file)) ? file : undefined));
  return answer;
}

function probe(file: string): Promise<boolean> {
  return new Promise((resolve) => {
    const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];
    const child = spawn(file, [...namespaceArguments(false), ...mounts, "--", file, "--version"], {
      stdio: "ignore",
      env: {},
      timeout: 5_000,
    });
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}
