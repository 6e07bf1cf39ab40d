import type { Crew } from "../orchestrator/index.ts";
import { crewOptions } from "./surroundings.ts";
import type { GlobalValues } from "./verb.ts";

export type Library = typeof import("../orchestrator/index.ts");

/** The library, loaded when a verb first needs it: parsing, help and usage errors must not pay for it. */
export function loadLibrary(): Promise<Library> {
  return import("../orchestrator/index.ts");
}

/** Opens the crew for one command and closes it again, whatever happens. */
export async function withCrew<T>(args: GlobalValues, work: (crew: Crew, library: Library) => Promise<T>): Promise<T> {
  const library = await loadLibrary();
  const crew = await library.openCrew(crewOptions(args, process.env));
  try {
    return await work(crew, library);
  } finally {
    await crew.close();
  }
}
