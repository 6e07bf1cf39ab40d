/** Starts the model process, inside bubblewrap or plainly, with an empty environment and three pipes. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { programFile } from "../schema/index.ts";
import { bubblewrapArguments } from "./bubblewrap.ts";

export type SandboxKind = "bubblewrap" | "none";

/** `heapBytes` bounds the JavaScript heap; `bubblewrap` is its path, undefined for a plain process. */
export interface LaunchPlan {
  readonly heapBytes: number;
  readonly hide: readonly string[];
  readonly bubblewrap: string | undefined;
}

/** May throw what spawn throws; a process that cannot start reports it as its `error` event. */
export function launch(plan: LaunchPlan): ChildProcessWithoutNullStreams {
  const program = realpathSync(programFile("models-child"));
  const node = realpathSync(process.execPath);
  const heap = Math.max(64, Math.floor(plan.heapBytes / (1024 * 1024)));
  const command = [node, `--max-old-space-size=${heap}`, program];
  const [file = node, ...args] =
    plan.bubblewrap === undefined
      ? command
      : [plan.bubblewrap, ...bubblewrapArguments([node, program, ...runtimeDirectories(program)], plan.hide, command)];
  // onnxruntime lets a model name weights in files below the working directory: here is nothing worth reading.
  return spawn(file, args, { cwd: path.dirname(program), env: {}, stdio: ["pipe", "pipe", "pipe"], windowsHide: true });
}

/** Where onnxruntime-node and the one package it needs at run time are installed, as node will find them. */
function runtimeDirectories(program: string): string[] {
  try {
    const runtime = packageDirectory(program, "onnxruntime-node");
    return [runtime, packageDirectory(path.join(runtime, "package.json"), "onnxruntime-common")];
  } catch {
    // Not installed: the process says so itself, in its greeting.
    return [];
  }
}

function packageDirectory(from: string, name: string): string {
  const entry = realpathSync(createRequire(from).resolve(name));
  const marker = path.join("node_modules", name) + path.sep;
  return entry.slice(0, entry.lastIndexOf(marker) + marker.length - 1);
}
