/** Whether the program of a command is there, asked before anything runs; the sentences are for people who mistyped it. */
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { CabincrewError, isOnNoexec, looked } from "../../schema/index.ts";
import { searchPath } from "./search-path.ts";

/**
 * Looks where the kernel will: a name with a slash from `cwd`, any other on `search`, which is the PATH the command gets. Throws
 * command_not_found, and usage for an empty name.
 */
export function assertProgram(program: string, cwd: string, search = searchPath()): void {
  if (program === "")
    throw new CabincrewError("usage", "The command to run is empty.", { next: "Name a program after `--`." });
  const asPath = program.includes("/");
  const places = asPath
    ? [path.resolve(cwd, program)]
    : search.split(":").map((directory) => path.join(path.resolve(cwd, directory), program));
  const found = places.filter(isFile);
  if (found.some(isExecutable)) return;
  const forbidden = found.find(isOnNoexec);
  if (forbidden !== undefined)
    throw new CabincrewError(
      "command_not_found",
      `The command \`${program}\` cannot be started: its file system is mounted noexec.`,
      {
        next: "Start a script by its interpreter (for one of the shell: -- sh the-script), or keep the program elsewhere.",
        detail: { program, path: forbidden },
      },
    );
  const missing = asPath ? "does not exist" : `was not found on PATH, which is ${search}`;
  throw new CabincrewError(
    "command_not_found",
    `The command \`${program}\` ${found.length > 0 ? "is not executable" : missing}.`,
    {
      next: adviceOn(program, asPath ? path.resolve(cwd) : undefined),
      detail: { program },
    },
  );
}

function adviceOn(program: string, from: string | undefined): string {
  if (/\s/.test(program)) return "Write each word of the command on its own, or give the line to a shell: -- sh -c '…'";
  if (from !== undefined && !path.isAbsolute(program)) return `Check its spelling; it is looked for from ${from}.`;
  return "Check its spelling, or install it. What only a shell knows needs one: -- sh -c '…'";
}

/** A place that may not even be looked at counts as empty, as for the shell. */
function isFile(file: string): boolean {
  try {
    return looked(statSync(file)).isFile();
  } catch {
    return false;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
