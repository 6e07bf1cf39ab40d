import { lstatSync, mkdirSync, readdirSync, type Stats } from "node:fs";
import path from "node:path";
import { looked, removeTree } from "../../schema/index.ts";

/** Where one run works, below the state directory; all of it is gone when the run has ended. */
export interface RunDirectories {
  readonly root: string;
  readonly artifacts: string;
  readonly sealed: string;
  readonly output: string;
  readonly temp: string;
  readonly home: string;
  readonly log: string;
  readonly process: string;
}

export function runDirectories(stateDir: string, runId: string): RunDirectories {
  const root = path.join(stateDir, "runs", runId);
  const below = (name: string) => path.join(root, name);
  return {
    root,
    artifacts: below("artifacts"),
    sealed: below("sealed"),
    output: below("output"),
    temp: below("tmp"),
    home: below("home"),
    log: below("log"),
    process: below("process.json"),
  };
}

/** Leaves each of the directories there and empty: an engine never meets what an earlier launch left. */
export function freshDirectories(...directories: readonly string[]): void {
  for (const directory of directories) {
    const stat = looked(lstatSync(directory, { throwIfNoEntry: false }));
    if (stat && isEmptyDirectory(directory, stat)) continue;
    if (stat) removeTree(directory);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
}

/** Only what is exactly as we make it is used again; a mode or type that an engine changed is not. */
function isEmptyDirectory(directory: string, stat: Stats): boolean {
  return stat.isDirectory() && (stat.mode & 0o7777) === 0o700 && readdirSync(directory).length === 0;
}

/** Removes everything of a run that has ended but what the ledger and the store hold. */
export function removeDirectories(directories: RunDirectories): void {
  removeTree(directories.root);
}
