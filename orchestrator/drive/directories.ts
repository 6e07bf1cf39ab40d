import { mkdirSync } from "node:fs";
import path from "node:path";
import { removeTree } from "../artifacts/index.ts";

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

/** Makes each of the directories anew and empty: an engine never meets what an earlier launch left. */
export function freshDirectories(...directories: readonly string[]): void {
  for (const directory of directories) {
    removeTree(directory);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  }
}

/** Removes everything of a run that has ended but what the ledger and the store hold. */
export function removeDirectories(directories: RunDirectories): void {
  removeTree(directories.root);
}
