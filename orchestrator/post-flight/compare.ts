/** Holds planned paths against the file system, with the digests of the workspace's own measurement where it has them. */
import { createHash } from "node:crypto";
import { closeSync, constants, lstatSync, openSync, readlinkSync, readSync, type Stats } from "node:fs";
import { errnoOf, looked, type OutcomeDifference, whyOf } from "../../schema/index.ts";
import { type Directory, displayPath, KIND, namesOf, type WorkspaceTree } from "../workspace/index.ts";
import type { PlannedPath, PlannedState } from "./planned.ts";

const CHUNK_BYTES = 1024 * 1024;

/** The first thing in which a path is otherwise than planned, or undefined. `workspace` is absolute. */
export function comparePath(
  workspace: string,
  { path, state }: PlannedPath,
  digests: Digests,
): OutcomeDifference | undefined {
  const differs = (kind: OutcomeDifference["kind"], planned?: string, found?: string): OutcomeDifference => ({
    path: displayPath(path),
    kind,
    ...(planned === undefined ? {} : { planned }),
    ...(found === undefined ? {} : { found }),
  });
  const absolute = Buffer.concat([Buffer.from(`${workspace}/`), Buffer.from(path, "latin1")]);
  try {
    const stat = look(absolute);
    if (!state) return stat ? differs("present") : undefined;
    if (!stat) return differs("missing");
    const entry = entryOf(stat);
    if (entry !== state.entry) return differs("type", state.entry, entry);
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
    if (state.mode !== undefined && entry !== "symlink" && mode !== state.mode)
      return differs("mode", state.mode, mode);
    if (state.plain && (stat.mode & 0o7111) !== 0) return differs("mode", "0644", mode);
    return compareContent(absolute, path, state, digests, differs);
  } catch (error) {
    return differs("unmeasured", undefined, whyOf(error));
  }
}

function compareContent(
  absolute: Buffer,
  path: string,
  state: PlannedState,
  digests: Digests,
  differs: (kind: OutcomeDifference["kind"], planned?: string, found?: string) => OutcomeDifference,
): OutcomeDifference | undefined {
  if (state.entry === "symlink" && state.link !== undefined) {
    const found = readlinkSync(absolute, { encoding: "buffer" }).toString("latin1");
    return found === state.link ? undefined : differs("link", displayPath(state.link), displayPath(found));
  }
  if (state.entry !== "file" || state.sha256 === undefined) return undefined;
  const found = digests.of(path) ?? hashFile(absolute);
  return found === state.sha256 ? undefined : differs("content", state.sha256, found);
}

/** Digests of files by path, out of a measured tree. */
export class Digests {
  private readonly directories: ReadonlyMap<string, WorkspaceTree["directories"][number]>;
  private readonly indexes = new Map<string, ReadonlyMap<string, number>>();

  constructor(tree: WorkspaceTree | undefined) {
    this.directories = new Map(tree?.directories.map((directory) => [directory.path, directory]));
  }

  /** Undefined for what the measurement leaves out: ignored files and Git's own directories. */
  of(path: string): string | undefined {
    const found = this.find(path);
    return found && Buffer.from(found.directory.digests.subarray(found.at * 32, found.at * 32 + 32)).toString("hex");
  }

  /** Whether it was a file that its owner could not execute. */
  wasPlain(path: string): boolean {
    const found = this.find(path);
    return found?.directory.kinds[found.at] === KIND.file;
  }

  private find(path: string): { readonly directory: Directory; readonly at: number } | undefined {
    const slash = path.lastIndexOf("/");
    const parent = slash < 0 ? "" : path.slice(0, slash);
    const directory = this.directories.get(parent);
    if (!directory) return undefined;
    let index = this.indexes.get(parent);
    if (!index) {
      index = new Map(namesOf(directory).map((name, at) => [name, at]));
      this.indexes.set(parent, index);
    }
    const at = index.get(path.slice(slash + 1));
    return at === undefined ? undefined : { directory, at };
  }
}

function look(absolute: Buffer): Stats | undefined {
  try {
    return looked(lstatSync(absolute));
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function entryOf(stat: Stats): string {
  if (stat.isFile()) return "file";
  if (stat.isSymbolicLink()) return "symlink";
  return stat.isDirectory() ? "directory" : "special";
}

function hashFile(absolute: Buffer): string {
  const fd = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const hash = createHash("sha256");
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let read = readSync(fd, chunk); read > 0; read = readSync(fd, chunk)) hash.update(chunk.subarray(0, read));
    return hash.digest("hex");
  } finally {
    closeSync(fd);
  }
}
