/**
 * The workspace hash (spec/workspace-hash.md, DESIGN section 4): equal exactly when paths, types, executable bits, contents and
 * link targets are. With a cache file, only what looks different is read again.
 */
import type { KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { CabincrewError, errnoOf, looked } from "../../schema/index.ts";
import { listDifference } from "./difference.ts";
import { displayPath } from "./display-path.ts";
import { systemPath } from "./hash-file.ts";
import { HashPool } from "./hash-pool.ts";
import { loadIgnoreRules } from "./ignore-rules.ts";
import { foldTree } from "./merkle.ts";
import { ChangedMeanwhile } from "./refuse.ts";
import { countFiles, type WorkspaceTree } from "./tree.ts";
import { loadTree, saveTree } from "./tree-file.ts";
import { walk } from "./walk.ts";
import { startHashWorker } from "./workers.ts";

export interface HashOptions {
  /** Where the stat cache lies, outside the workspace; made when it is missing, replaced when it is damaged. */
  readonly cacheFile?: string;
  /** Seals the cache: one that was made without this key is not trusted. */
  readonly cacheKey?: KeyObject;
  /** The command's time, milliseconds since the epoch, not after the hash begins; default: now. */
  readonly now?: number;
}

export interface WorkspaceHash {
  /** 64 lower-case hex digits. */
  readonly hash: string;
  /** Plain files, and the sum of their sizes. */
  readonly files: number;
  readonly bytes: number;
  readonly tree: WorkspaceTree;
  /** What differs from the tree the cache file held before, as `changed src/a.ts`; empty when nothing does or none was there. */
  readonly changed: readonly string[];
  /** What the cache file held before, for `describeDifference` when its `hash` is the one a plan was made on. */
  readonly previous?: WorkspaceTree;
}

/**
 * Coarsest clock of a file system in use (FAT: 2 s). A file that changed less than this before it was looked at may change again
 * without looking different, so its cached hash is not trusted.
 */
const CLOCK_GRANULARITY_MS = 2000;

/**
 * Hashes the workspace at `root`. Rejects with `workspace_invalid` when it is no directory or something in it cannot be read, and
 * with `workspace_changed` when it keeps changing while it is hashed.
 */
export async function hashWorkspace(root: string, options: HashOptions = {}): Promise<WorkspaceHash> {
  const base = Buffer.from(root)
    .toString("latin1")
    .replace(/(?<=.)\/+$/, "");
  checkDirectory(base);
  const time = options.now ?? Date.now();
  const previous = options.cacheFile === undefined ? undefined : loadTree(options.cacheFile, options.cacheKey);
  const result = await attempt(base, time, previous, 2);
  if (options.cacheFile !== undefined && result.tree !== previous)
    keep(options.cacheFile, result.tree, options.cacheKey);
  if (!previous) return { ...result, changed: [] };
  const changed = previous.hash === result.hash ? [] : listDifference(previous, result.tree);
  return { ...result, changed, previous };
}

type Hashed = Omit<WorkspaceHash, "changed" | "previous">;

async function attempt(
  base: string,
  time: number,
  previous: WorkspaceTree | undefined,
  tries: number,
): Promise<Hashed> {
  try {
    return await hashOnce(base, time, previous);
  } catch (error) {
    if (!(error instanceof ChangedMeanwhile)) throw error;
    if (tries > 1) return attempt(base, time, previous, tries - 1);
    const path = displayPath(error.path);
    throw new CabincrewError("workspace_changed", `Hashing the workspace: ${path} keeps changing while it is read`, {
      next: "Let nothing write the workspace meanwhile, or name what changes in .cabincrewignore.",
      detail: { path },
    });
  }
}

async function hashOnce(base: string, time: number, previous: WorkspaceTree | undefined): Promise<Hashed> {
  const isOutside = await loadIgnoreRules(base);
  const byPath = previous && new Map(previous.directories.map((directory) => [directory.path, directory]));
  const known = previous && {
    directory: (path: string) => byPath?.get(path),
    trustedBefore: Math.trunc(previous.time) - CLOCK_GRANULARITY_MS,
  };
  const pool = new HashPool(startHashWorker);
  const { directories, unchanged } = walk(base === "/" ? "" : base, isOutside, known, pool);
  await pool.finish();
  const hash = foldTree(directories);
  const same = unchanged && previous?.hash === hash && previous.directories.length === directories.length;
  return { hash, ...countFiles(directories), tree: same && previous ? previous : { hash, time, directories } };
}

function checkDirectory(base: string): void {
  let problem = "it is no directory";
  try {
    if (looked(statSync(systemPath(base))).isDirectory()) return;
  } catch (error) {
    problem = errnoOf(error) === "ENOENT" ? "it does not exist" : String(errnoOf(error));
  }
  throw new CabincrewError("workspace_invalid", `Hashing the workspace ${displayPath(base)}: ${problem}`);
}

/** The hash is right without its cache, so a cache that cannot be written (full or read-only disk) costs time only. */
function keep(cacheFile: string, tree: WorkspaceTree, key: KeyObject | undefined): void {
  try {
    saveTree(cacheFile, tree, key);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
  }
}
