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
  options: { readonly create?: boolean } = {},
): Promise<T> {
  const library = await loadLibrary();
  const crew = await library.openCrew({ ...crewOptions(args, process.env), create: options.create ?? false });
  try {
    return await work(crew, library);
  } finally {
    // Not waited for: the ledger closes at once, and the command's exit ends what else still runs.
    void crew.close();
  }
}
