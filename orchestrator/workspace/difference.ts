import { displayPath } from "./display-path.ts";
import { type Directory, joinPath, KIND, namesOf, type WorkspaceTree } from "./tree.ts";

/**
 * What differs between two hashed workspaces, one line each, such as `changed src/a.ts`, sorted by path. A directory that came or
 * went stands for all that is in it.
 */
export function listDifference(before: WorkspaceTree, after: WorkspaceTree): string[] {
  const changes: { readonly path: string; readonly change: string }[] = [];
  const later = new Map(after.directories.map((directory) => [directory.path, directory]));
  for (const directory of before.directories) {
    const now = later.get(directory.path);
    if (now)
      compareDirectory(directory, now, (change, name) =>
        changes.push({ change, path: joinPath(directory.path, name) }),
      );
  }
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  return changes.map(({ change, path }) => `${change} ${displayPath(path)}`);
}

/** One path that differs; latin1, `isDirectory` as it is now, or was where it is gone. */
export interface ChangedPath {
  readonly path: string;
  readonly change: "added" | "removed" | "changed";
  readonly isDirectory: boolean;
}

/** Every path that differs between two hashed workspaces, what lies in directories that came or went as well. */
export function changedPaths(before: WorkspaceTree, after: WorkspaceTree): ChangedPath[] {
  if (before.hash === after.hash) return [];
  const changes: ChangedPath[] = [];
  const earlier = new Map(before.directories.map((directory) => [directory.path, directory]));
  const later = new Map(after.directories.map((directory) => [directory.path, directory]));
  for (const directory of before.directories) {
    const now = later.get(directory.path);
    if (!now) changes.push(...entriesOf(directory, "removed"));
    else
      compareDirectory(directory, now, (change, name, kind) =>
        changes.push({ path: joinPath(directory.path, name), change, isDirectory: kind === KIND.directory }),
      );
  }
  for (const directory of after.directories)
    if (!earlier.has(directory.path)) changes.push(...entriesOf(directory, "added"));
  return changes;
}

function entriesOf(directory: Directory, change: ChangedPath["change"]): ChangedPath[] {
  return namesOf(directory).map((name, index) => ({
    path: joinPath(directory.path, name),
    change,
    isDirectory: directory.kinds[index] === KIND.directory,
  }));
}

/** The same for a sentence: at most `limit` lines, and a last one `and N more` where there are more. */
export function describeDifference(before: WorkspaceTree, after: WorkspaceTree, limit = 10): string[] {
  const lines = listDifference(before, after);
  return lines.length > limit ? [...lines.slice(0, limit), `and ${lines.length - limit} more`] : lines;
}

/** `kind` is the entry's as it is now, or was where it is gone. */
function compareDirectory(
  before: Directory,
  now: Directory,
  report: (change: ChangedPath["change"], name: string, kind: number | undefined) => void,
): void {
  const index = new Map(namesOf(now).map((name, i) => [name, i]));
  namesOf(before).forEach((name, i) => {
    const j = index.get(name);
    index.delete(name);
    if (j === undefined) report("removed", name, before.kinds[i]);
    else if (before.kinds[i] !== now.kinds[j]) report("changed", name, now.kinds[j]);
    else if (before.kinds[i] !== KIND.directory && !sameDigest(before, i, now, j))
      report("changed", name, now.kinds[j]);
  });
  for (const [name, j] of index) report("added", name, now.kinds[j]);
}

function sameDigest(a: Directory, i: number, b: Directory, j: number): boolean {
  return Buffer.compare(a.digests.subarray(i * 32, i * 32 + 32), b.digests.subarray(j * 32, j * 32 + 32)) === 0;
}
