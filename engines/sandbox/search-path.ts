/**
 * The one place of this room that looks at the caller's environment: the search path, which every program launched
 * needs, and the locale. Nothing else of the caller's environment reaches an engine (DESIGN section 7).
 */
import { accessSync, constants, statSync } from "node:fs";
import path from "node:path";
import { looked } from "../../schema/index.ts";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** PATH as the caller has it, else the usual system directories. */
export function searchPath(): string {
  return process.env["PATH"] || DEFAULT_PATH;
}

/** LANG for engines: the caller's when it is UTF-8, else `C.UTF-8`, so that output never depends on a legacy charset. */
export function language(): string {
  const lang = process.env["LANG"] ?? "";
  return /utf-?8$/i.test(lang) ? lang : "C.UTF-8";
}

/**
 * Absolute path of the first executable regular file called `name` on `searched`, else undefined. Synchronous on purpose: each
 * look takes microseconds, a turn through the thread pool far longer.
 */
export function findProgram(name: string, searched = searchPath()): string | undefined {
  for (const directory of searched.split(":")) {
    if (!path.isAbsolute(directory)) continue;
    const file = path.join(directory, name);
    if (isExecutable(file)) return file;
  }
  return undefined;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return looked(statSync(file)).isFile();
  } catch {
    return false;
  }
}
