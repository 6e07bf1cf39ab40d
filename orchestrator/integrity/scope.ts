import { CabincrewError } from "../../schema/index.ts";
import type { RunStore } from "../store/port.ts";

/**
 * Ids of the runs that a run id, a plan-token or a unique prefix of 8 or more characters may mean. Unlike `findRuns` it
 * loads none of them, so that a damaged run can be named too. Throws usage or not_found.
 */
export async function runIdsOf(store: Pick<RunStore, "find" | "entries">, ref: string): Promise<readonly string[]> {
  if (!/^[0-9A-Za-z]{8,}$/.test(ref)) {
    const message = `${JSON.stringify(ref)} is no run id, plan-token or prefix of 8 or more characters of one.`;
    throw new CabincrewError("usage", message, { next: "See `cabincrew list`." });
  }
  const found = await store.find(ref, { limit: 1000 });
  if (found.length > 0) return found;
  // A run whose projection was removed is still known by its events.
  for await (const _ of store.entries({ runId: ref.toUpperCase() })) return [ref.toUpperCase()];
  throw new CabincrewError("not_found", `No run and no plan-token begins with ${ref}.`);
}

/** The one run that is meant. Throws ambiguous besides. */
export async function runIdOf(store: Pick<RunStore, "find" | "entries">, ref: string): Promise<string> {
  const ids = await runIdsOf(store, ref);
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return id;
  const list = `${ids.slice(0, 10).join(", ")}${ids.length > 10 ? ", …" : ""}`;
  throw new CabincrewError("ambiguous", `${ref} fits ${ids.length} runs: ${list}.`, {
    detail: { runs: ids.slice(0, 100) },
  });
}
