import { lstatSync, readdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { looked } from "../../schema/index.ts";
import { writerOf } from "./name.ts";

/** Of a writer that nobody here can ask after: no command writes one temporary file for that long. */
const OLD_MS = 24 * 60 * 60 * 1000;

/** Where a state directory has temporary files. */
const PLACES = ["keys", "cache", path.join("store", "tmp")] as const;

/**
 * Removes the temporary files that killed processes left in a state directory; those of living ones stay, and those of other
 * machines or boots until they are a day old (`now`: milliseconds since the epoch). What cannot be removed now is left to
 * the next command: no work depends on it.
 */
export function sweepTemporaries(stateDir: string, now: number): void {
  for (const place of PLACES) {
    const directory = path.join(stateDir, place);
    for (const name of namesIn(directory)) {
      if (!name.endsWith(".tmp")) continue;
      const file = path.join(directory, name);
      try {
        const writer = writerOf(name);
        if (writer === "dead" || (writer === "unknown" && looked(lstatSync(file)).mtimeMs < now - OLD_MS))
          unlinkSync(file);
      } catch {
        // Another process swept it away, or nobody may.
      }
    }
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
