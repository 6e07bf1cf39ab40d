/** The private copy as a plain copy: for machines without overlays. Its cost grows with the workspace. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { CabincrewError, errnoOf, isOnNoexec } from "../../../schema/index.ts";
import { bytePath } from "../bytes.ts";
import type { CommandRequest, FinishedCommand } from "./request.ts";
import { sandboxedArgv } from "./sandboxed.ts";
import { layOut } from "./surroundings.ts";

const NOT_FOUND = 127;
/** What a shell reports for a program that is there and may not be started. */
const NOT_STARTED = 126;

/** Copies with all entry types, modes and times, sharing blocks where the file system can, then runs the command in it. */
export async function runInCopy(request: CommandRequest): Promise<FinishedCommand> {
  const place = path.join(request.tempDir, "copy");
  const copy = layOut(place, request.workspace, request.bubblewrap ? [] : request.grants.read);
  const copied = await run(["cp", "-a", "--reflink=auto", "--", `${request.workspace}/.`, copy], "/", process.env, 2);
  if (copied === NOT_FOUND)
    throw new CabincrewError("engine_failed", "The workspace cannot be copied: there is no `cp` on the PATH.", {
      next: "Install it (GNU coreutils or busybox have it), or put its directory on the PATH.",
    });
  if (copied !== 0)
    throw new CabincrewError(
      "engine_failed",
      `Copying the workspace ${request.workspace} failed: cp ended with ${copied}.`,
    );
  const argv = request.bubblewrap ? sandboxedArgv(request, request.bubblewrap, copy) : request.argv;
  const cwd = request.bubblewrap ? "/" : path.join(copy, path.relative(request.workspace, request.cwd));
  const forbidden = (): boolean => isOnNoexec(copy);
  const exitCode = await run(argv, cwd, request.env, request.stdout).catch((error: unknown) => {
    if (errnoOf(error) === "EACCES" && forbidden()) return NOT_STARTED;
    throw error;
  });
  if (exitCode === NOT_STARTED && forbidden())
    throw new CabincrewError(
      "engine_failed",
      `No program of the workspace can be started in its private copy: ${place} is on a file system mounted noexec.`,
      { next: "Name a --state-dir on another file system, or start scripts by their interpreter." },
    );
  return {
    way: "copy",
    sandbox: request.bubblewrap ? "bubblewrap" : "none",
    exitCode,
    trees: { before: bytePath(request.workspace), after: bytePath(copy) },
    close: async () => {
      try {
        rmSync(place, { recursive: true, force: true });
      } catch {
        // Directories without permissions stay; whoever owns the temporary directory removes it as a whole.
      }
    },
  };
}

/** Runs to the end with stdin empty and stderr the engine's own; the exit code as a shell reports it, 127 for a program that is not there. */
export async function run(
  argv: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stdout: number,
): Promise<number> {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", stdout, 2] });
  let ended: unknown[];
  try {
    ended = await once(child, "exit");
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return NOT_FOUND;
  }
  const [code, signal] = ended as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
