import { existsSync } from "node:fs";
import type { Crew } from "../orchestrator/index.ts";
import { crewOptions } from "./surroundings.ts";
import type { GlobalValues } from "./verb.ts";

export type Library = typeof import("../orchestrator/index.ts");

/** The library, loaded when a verb first needs it: parsing, help and usage errors must not pay for it. */
export function loadLibrary(): Promise<Library> {
  return import("../orchestrator/index.ts");
}

/**
 * Opens the crew for one command and closes it again, whatever happens. Only verbs that start something make a state
 * directory: for the others a mistyped one must not look like an empty one.
 */
export async function withCrew<T>(
  args: GlobalValues,
  work: (crew: Crew, library: Library) => Promise<T>,
  options: { readonly create?: boolean; readonly nothingYet?: () => T } = {},
): Promise<T> {
  const library = await loadLibrary();
  const own = crewOptions(args, process.env);
  // Before the first run there is no ledger in the usual place, and that is no mistake.
  const usual = !args["state-dir"] && !process.env["CABINCREW_STATE_DIR"];
  if (options.nothingYet && usual && !existsSync(own.stateDir)) return options.nothingYet();
  const crew = await library.openCrew({ ...own, create: options.create ?? false });
  try {
    return await work(crew, library);
  } finally {
    // Not waited for: the ledger closes at once, and the command's exit ends what else still runs.
    void crew.close();
  }
}
