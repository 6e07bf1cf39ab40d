/**
 * Says whether bubblewrap works here, not merely whether it is installed: containers and hardened kernels often refuse
 * namespaces. The answer comes from one probe of a few milliseconds and is kept for this process only. A failed launch is
 * never taken as the answer: an engine that imitates bubblewrap's failure could talk its way out of the sandbox. Nor is a probe
 * that could not be made: a machine that is short of memory for a moment must not cost a run its sandbox.
 */
import { spawn } from "node:child_process";
import { CabincrewError, isShortage } from "../../schema/index.ts";
import { namespaceArguments } from "./namespaces.ts";
import { findProgram } from "./search-path.ts";

const DEADLINE_MS = 5_000;

let answer: Promise<string | undefined> | undefined;

/**
 * Path of a bubblewrap that can make every namespace the sandbox uses, else undefined. Rejects with sandbox_unavailable when
 * that could not be found out; the next call tries again. Call it early without waiting to have the probe run beside other
 * work: a rejection that nobody waits for is no error.
 */
export function findBubblewrap(): Promise<string | undefined> {
  answer ??= findWorking();
  answer.catch(() => {
    answer = undefined;
  });
  return answer;
}

async function findWorking(): Promise<string | undefined> {
  const file = findProgram("bwrap");
  return file && (await probeBubblewrap(file)) ? file : undefined;
}

/** Whether this bubblewrap works here; rejects with sandbox_unavailable where its probe was not made to its end. */
export async function probeBubblewrap(file: string): Promise<boolean> {
  const { error, code, signal } = await outcomeOf(file);
  if (isShortage(error)) throw undecided(`it could not be started (${error})`);
  if (signal === "SIGTERM" || signal === "SIGKILL") throw undecided(`it was ended by ${signal}`);
  return code === 0;
}

interface Outcome {
  readonly error?: string | undefined;
  readonly code?: number | null;
  readonly signal?: NodeJS.Signals | null;
}

function outcomeOf(file: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve({ error: error.code });
    const mounts = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"];
    try {
      const child = spawn(file, [...namespaceArguments(false), ...mounts, "--", file, "--version"], {
        stdio: "ignore",
        env: {},
        timeout: DEADLINE_MS,
        detached: true,
      });
      child.once("error", failed);
      child.once("exit", (code, signal) => {
        if (code !== 0) endGroup(child.pid);
        resolve({ code, signal });
      });
    } catch (error) {
      // Some failures come as an event, the rest (ENOMEM, ENOEXEC) are thrown.
      failed(error as NodeJS.ErrnoException);
    }
  });
}

/** A bubblewrap that gives up half-way leaves its child waiting for it, for ever. */
function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nobody of it is left.
  }
}

function undecided(why: string): CabincrewError {
  return new CabincrewError("sandbox_unavailable", `Whether bubblewrap works here could not be found out: ${why}.`, {
    next: "Try again when the machine has memory and processes to spare; nothing was started without a sandbox.",
  });
}
