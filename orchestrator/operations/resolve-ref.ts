import { CabincrewError } from "../../schema/index.ts";
import { importedOnly, type Reading } from "../imports/index.ts";
import type { RunRecord } from "../runs/record.ts";

const MIN_PREFIX = 8;
/** More matches than a person wants to read. */
const MAX_MATCHES = 20;

/** Runs that a run id, a plan-token or a unique prefix of either (8 or more characters) may mean. Throws usage, not_found or run_imported. */
export async function findRuns(
  crew: Pick<Reading, "store">,
  ref: string,
  options: { awaitingApproval?: boolean } = {},
): Promise<readonly RunRecord[]> {
  if (ref.length < MIN_PREFIX || !/^[0-9A-Za-z]+$/.test(ref)) {
    throw new CabincrewError(
      "usage",
      `${JSON.stringify(ref)} is no run id, plan-token or prefix of 8 or more characters of one.`,
      {
        next: "See `cabincrew list` and `cabincrew approvals`.",
      },
    );
  }
  const ids = await crew.store.find(ref, { limit: MAX_MATCHES, ...options });
  if (ids.length === 0 && !options.awaitingApproval) {
    const [imported] = await crew.store.findImports(ref, 1);
    if (imported !== undefined) throw importedOnly(imported);
    throw new CabincrewError("not_found", `No run and no plan-token begins with ${ref}.`);
  }
  const runs = await Promise.all(ids.map((id) => crew.store.load(id)));
  return runs.filter((run) => run !== undefined);
}

/** The one run a reference means. Throws usage, not_found or ambiguous (listing what it could mean). */
export async function findRun(crew: Pick<Reading, "store">, ref: string): Promise<RunRecord> {
  const runs = await findRuns(crew, ref);
  return onlyOne(runs, ref, "");
}

/** Refuses more than one candidate, and says which there are. */
export function onlyOne(runs: readonly RunRecord[], ref: string, hint: string): RunRecord {
  const [run] = runs;
  if (run && runs.length === 1) return run;
  const tokens = new Set(runs.map((each) => each.token));
  const shared = tokens.size === 1 && runs.every((each) => each.token?.startsWith(ref.toLowerCase()));
  const list = runs.slice(0, 10).map((each) => `${each.run_id} (${each.state}, ${each.spec.workspace})`);
  throw new CabincrewError(
    "ambiguous",
    `${ref} ${shared ? "is the plan-token of" : "fits"} ${runs.length < MAX_MATCHES ? runs.length : `${MAX_MATCHES} or more`} runs: ${list.join("; ")}${runs.length > 10 ? "; …" : ""}.`,
    {
      next: shared ? `Name the run instead${hint}.` : "Type more of it, or name the run.",
      detail: { runs: runs.slice(0, 100).map((each) => each.run_id) },
    },
  );
}
