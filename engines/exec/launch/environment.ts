/** The command's environment, built from nothing (DESIGN section 7). */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { language, searchPath } from "../../sandbox/index.ts";
import type { Grants } from "../config.ts";
import type { Invocation } from "../protocol/invocation.ts";

/** Private directories of the command, made empty below the engine's temporary directory. */
export interface Places {
  readonly home: string;
  readonly temp: string;
}

export function makePlaces(tempDir: string): Places {
  const places = { home: path.join(tempDir, "home"), temp: path.join(tempDir, "tmp") };
  for (const each of [places.home, places.temp]) mkdirSync(each, { recursive: true, mode: 0o700 });
  return places;
}

/**
 * PATH, LANG, TERM, the granted variables and secrets by name; HOME and TMPDIR are always the private ones. The launch's mark is
 * kept, so that what leaves the command's group without a sandbox is found and ended all the same.
 */
export function commandEnvironment(invocation: Invocation, grants: Grants, places: Places): Record<string, string> {
  const granted = grants.env.map((name): [string, string | undefined] => [name, invocation.env[name]]);
  const mapped = Object.fromEntries(granted.filter((pair): pair is [string, string] => pair[1] !== undefined));
  const mark = invocation.env["CABINCREW_RUN"];
  return {
    LANG: language(),
    TERM: "dumb",
    PATH: searchPath(),
    ...mapped,
    ...grants.secrets,
    HOME: places.home,
    TMPDIR: places.temp,
    ...(mark === undefined ? {} : { CABINCREW_RUN: mark }),
  };
}
