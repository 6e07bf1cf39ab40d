/**
 * What `.cabincrewignore` in the workspace's root names, in gitignore's syntax, is outside the workspace (W2). Patterns match
 * bytes, as git's do.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { CabincrewError, errnoOf, looked } from "../../schema/index.ts";
import { systemPath } from "./hash-file.ts";

const IGNORE_FILE = ".cabincrewignore";
const LARGEST_BYTES = 1 << 20;

/** Whether the relative path (latin1) of an entry is outside. */
export type IsOutside = (path: string, isDirectory: boolean) => boolean;

/** The rules of a workspace (latin1 path); undefined when it has none. A file that is no plain one is `workspace_invalid`. */
export async function loadIgnoreRules(root: string): Promise<IsOutside | undefined> {
  const text = readIgnoreFile(root);
  if (text === undefined) return undefined;
  const { default: ignore } = await import("ignore");
  const rules = ignore({ ignoreCase: false, allowRelativePaths: true }).add(text);
  return (path, isDirectory) => rules.ignores(isDirectory ? `${path}/` : path);
}

function readIgnoreFile(root: string): string | undefined {
  const file = systemPath(`${root}/${IGNORE_FILE}`);
  let fd: number;
  try {
    // Most workspaces have none, and an error costs more than a look.
    if (!looked(lstatSync(file, { throwIfNoEntry: false }))) return undefined;
    fd = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw invalid(errnoOf(error) === "ELOOP" ? "it is a symlink" : String(errnoOf(error)), error);
  }
  try {
    const stat = looked(fstatSync(fd));
    if (!stat.isFile()) throw invalid("it is no plain file");
    if (stat.size > LARGEST_BYTES) throw invalid(`it has ${stat.size} bytes, more than ${LARGEST_BYTES}`);
    return readFileSync(fd, "latin1");
  } finally {
    closeSync(fd);
  }
}

function invalid(problem: string, cause?: unknown): CabincrewError {
  return new CabincrewError("workspace_invalid", `Reading ${IGNORE_FILE} of the workspace: ${problem}`, {
    next: `Make ${IGNORE_FILE} a plain, readable file of at most 1 MiB, or remove it.`,
    cause,
  });
}
