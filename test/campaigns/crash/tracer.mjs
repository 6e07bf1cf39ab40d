// A command under the tracer (tracer.c): every step of every process it starts can be counted, and any one be its last.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";

/** Calls after which something outside of the process differs: between two of them there is nothing a crash could tell apart. */
export const STEPS = {
  fsync: ["fsync", "fdatasync", "syncfs", "sync"],
  write: ["write", "pwrite64", "writev", "pwritev", "ftruncate", "fallocate"],
  rename: ["rename", "renameat", "renameat2"],
  link: ["link", "linkat", "symlink", "symlinkat"],
  unlink: ["unlink", "unlinkat", "rmdir"],
  mkdir: ["mkdir", "mkdirat"],
  chmod: ["chmod", "fchmod", "fchmodat", "fchown"],
  execve: ["execve"],
  fork: ["clone", "clone3", "fork", "vfork"],
  exit: ["exit_group"],
};

/** Compiles the tracer into a directory; undefined where there is no C compiler or this is no Linux. */
export function buildTracer(directory) {
  if (process.platform !== "linux") return undefined;
  const program = path.join(directory, "tracer");
  try {
    execFileSync("cc", ["-O1", "-o", program, path.join(import.meta.dirname, "tracer.c")], { stdio: "pipe" });
    return program;
  } catch {
    return undefined;
  }
}

/**
 * Runs a command to the end of its own process; what it started may live on. `strike` 0 only counts. `role`: "driver" or "other"
 * where only its calls, or those of the other processes, count. `action`: "self" (the
 * process that makes the call dies), "all" (everything dies at once), an errno that the call fails with, or "watch": `watch` is
 * called with each call while everything is held still before it.
 * Resolves to { calls: [{ index, name, role, program, pid, company, file }], code, signal, end() }; `end` kills what still lives.
 * company: how many other processes live, undefined when one of them could not be held still.
 */
export async function traced(
  tracer,
  { calls, role, strike, action, watch },
  command,
  { cwd, env, stdout, stderr, deadlineMs = 60_000 },
) {
  const outputs = [openSync(stdout, "w"), openSync(stderr, "w")];
  const child = spawn(
    tracer,
    [`${role ? `${role}:` : ""}${calls.join(",")}`, String(strike), String(action), ...command],
    {
      cwd,
      env,
      stdio: ["ignore", ...outputs, "pipe", "pipe"],
    },
  );
  for (const fd of outputs) closeSync(fd);
  const gone = new Promise((resolve) => child.once("close", resolve));
  const seen = [];
  const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
  const ended = await new Promise((resolve) => {
    createInterface({ input: child.stdio[3] })
      .on("line", (line) => {
        const [word, first, name, role, program, pid, company, file] = line.split(" ");
        if (word === "call") {
          const call = { index: Number(first), name, role, program, pid, file };
          seen.push(company === "torn" ? call : { ...call, company: Number(company) });
        }
        if (word === "call" && watch) {
          watch(seen.at(-1));
          child.stdio[4].write("g");
        }
        if (word === "exit") resolve({ code: Number(first), signal: null });
        if (word === "signal") resolve({ code: null, signal: Number(first) });
      })
      .on("close", () => resolve({ code: null, signal: null, hung: true }));
  });
  clearTimeout(timer);
  return {
    calls: seen,
    ...ended,
    // The tracer ends by itself once nothing of the command lives.
    async end(patienceMs) {
      const late = setTimeout(() => child.kill("SIGKILL"), patienceMs);
      await gone;
      clearTimeout(late);
      return child.signalCode === null;
    },
  };
}
