/**
 * Starts the model process, inside bubblewrap or plainly, in a process group of its own, with an empty environment, three pipes and
 * nothing of what our own caller left open. In both cases the kernel bounds its writable memory where `prlimit` is installed: what is watched from
 * outside can be exceeded for a moment.
 */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { endingWithParent, programFile, withinDataLimit, withoutInherited } from "../schema/index.ts";
import { bubblewrapArguments } from "./bubblewrap.ts";

export type SandboxKind = "bubblewrap" | "none";

/** Fixed places only, as for bubblewrap. */
const SYSTEM = ["/usr/bin", "/bin", "/run/current-system/sw/bin"];
const PIPES = ["pipe", "pipe", "pipe"] as const;
const RUNTIME = "onnxruntime-node";
/** Node itself, of which 24 reserves 512 MiB for code it might compile; never written, they count all the same. */
const SLACK_BYTES = 768 * 1024 * 1024;

/** `memoryBytes` is what it may use in all; `bubblewrap` is its path, undefined for a plain process. */
export interface LaunchPlan {
  readonly memoryBytes: number;
  readonly hide: readonly string[];
  readonly bubblewrap: string | undefined;
}

/** May throw what spawn throws, or EMFILE; a process that cannot start for another reason reports it as its `error` event. */
export function launch(plan: LaunchPlan): ChildProcessWithoutNullStreams {
  const program = realpathSync.native(programFile("models-child"));
  const node = realpathSync.native(process.execPath);
  // No option for V8, a limit of its heap neither: with any, Node compiles its own modules anew, and starts a third slower.
  const command = [node, program];
  const [file = node, ...args] = [
    ...hardLimit(plan.memoryBytes),
    ...(plan.bubblewrap === undefined
      ? [...deathWithParent(), ...command]
      : [plan.bubblewrap, ...bubblewrapArguments([node, program, ...runtimeDirectories(program)], plan.hide, command)]),
  ];
  // onnxruntime lets a model name weights in files below the working directory: here is nothing worth reading.
  const options = { cwd: path.dirname(program), env: {}, windowsHide: true, detached: true };
  const child = withoutInherited(PIPES, (stdio) => spawn(file, args, { ...options, stdio }));
  // Short of descriptors Node gives a child without its pipes, and says so when everybody has gone on.
  if (!child.stdin) {
    child.once("error", () => undefined);
    throw Object.assign(new Error("no descriptors are left for its pipes"), { code: "EMFILE" });
  }
  return child as ChildProcessWithoutNullStreams; // the first three are the pipes that were asked for
}

/**
 * Ends the process and, in its group, the half of bubblewrap that waits for the other before it looks whether that is alive: a
 * bubblewrap that is killed alone in its first millisecond leaves it behind for ever.
 */
export function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody of it is left.
  }
}

/** Writable memory, not address space: Node reserves far more of that than it uses. No core files: they would hold the text. */
function hardLimit(bytes: number): string[] {
  const prlimit = systemProgram("prlimit");
  return prlimit ? [prlimit, `--data=${withinDataLimit(bytes + SLACK_BYTES)}`, "--core=0", "--"] : [];
}

/** bubblewrap has --die-with-parent; a plain process that is busy would outlive a killed orchestrator. */
function deathWithParent(): readonly string[] {
  return endingWithParent(systemProgram("setpriv"));
}

function systemProgram(name: string): string | undefined {
  return SYSTEM.map((directory) => path.join(directory, name)).find((file) => existsSync(file));
}

/**
 * Where node will find onnxruntime-node, and where that leads: pnpm installs links. None where it is not installed, which the
 * process says itself, in its greeting. What else it needs at run time is part of the program.
 */
function runtimeDirectories(program: string): string[] {
  const places = createRequire(program).resolve.paths(RUNTIME) ?? [];
  const installed = places.map((place) => path.join(place, RUNTIME)).find((directory) => existsSync(directory));
  return installed === undefined ? [] : [...new Set([realpathSync.native(installed), installed])];
}
