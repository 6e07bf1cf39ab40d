/**
 * What is left out of a plan: what the workspace's own `.cabincrewignore` names (outside of the workspace, DESIGN section 4)
 * and, on request, what `.gitignore` files name, unless git tracks it. Git itself is not asked: its answer would depend on the
 * user's configuration, and a repository's configuration can make it run programs.
 */
import { closeSync, constants, openSync, readFileSync } from "node:fs";
import ignore, { type Ignore } from "ignore";
import { errnoOf } from "../../../schema/index.ts";
import { type BytePath, bytesOf, joinBytes } from "../bytes.ts";
import type { Trees } from "../launch/request.ts";
import type { LeftOut } from "./compare.ts";
import { indexEntries, indexedPath } from "./git-index.ts";

const GIT_DIRECTORY = /(^|\/)\.git(\/|$)/;

export function leftOutOf(trees: Trees, excludeIgnored: boolean): LeftOut {
  const own = rulesIn(joinBytes(trees.before, ".cabincrewignore"));
  const git = excludeIgnored ? gitignored(trees.merged ?? trees.after, trees.before) : undefined;
  return (path, directory) => {
    if (GIT_DIRECTORY.test(path)) return false;
    return (own?.ignores(asked(path, directory)) ?? false) || (git?.(path, directory) ?? false);
  };
}

/** As git, no link is followed: the command could have pointed it at a file it may not read itself. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

function rulesIn(file: BytePath): Ignore | undefined {
  try {
    return ignore({ allowRelativePaths: true, ignorecase: false }).add(readNoFollow(file));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === "ENOENT" || errno === "ENOTDIR" || errno === "EISDIR" || errno === "ELOOP") return undefined;
    throw error;
  }
}

function asked(path: BytePath, directory: boolean): string {
  return directory ? `${path}/` : path;
}

/** Rules of the deepest directory win; a directory that is ignored hides everything in it. */
function gitignored(tree: BytePath, before: BytePath): LeftOut {
  const rules = new Map<BytePath, Ignore | undefined>();
  const rulesFor = (directory: BytePath): Ignore | undefined => {
    if (!rules.has(directory)) rules.set(directory, rulesIn(joinBytes(joinBytes(tree, directory), ".gitignore")));
    return rules.get(directory);
  };
  let tracked: ReadonlySet<BytePath> | undefined;
  const isTracked = (path: BytePath, directory: boolean): boolean => {
    tracked ??= trackedPaths(before);
    return tracked.has(directory ? `${path}/` : path);
  };
  return (path, directory) => decide(path, directory, rulesFor) && !isTracked(path, directory);
}

function decide(path: BytePath, directory: boolean, rulesFor: (directory: BytePath) => Ignore | undefined): boolean {
  let verdict = false;
  for (let at = 0; at !== -1; ) {
    const base = at === 0 ? "" : path.slice(0, at - 1);
    const rest = path.slice(at);
    const result = rulesFor(base)?.test(asked(rest, directory));
    if (result?.ignored) verdict = true;
    else if (result?.unignored) verdict = false;
    const slash = path.indexOf("/", at);
    at = slash === -1 ? -1 : slash + 1;
  }
  return verdict;
}

/** Every tracked file and, with a trailing slash, every directory that holds one. */
function trackedPaths(before: BytePath): ReadonlySet<BytePath> {
  const paths = new Set<BytePath>();
  let bytes: Buffer;
  try {
    bytes = readFileSync(bytesOf(joinBytes(before, ".git/index")));
  } catch {
    return paths;
  }
  for (const entry of indexEntries(bytes) ?? []) {
    const path = indexedPath(entry);
    paths.add(path);
    for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1))
      paths.add(path.slice(0, slash + 1));
  }
  return paths;
}

function readNoFollow(file: BytePath): string {
  const fd = openSync(bytesOf(file), READ);
  try {
    return readFileSync(fd, "latin1");
  } finally {
    closeSync(fd);
  }
}
