/** Rebuilds a run from the ledger and the store alone, and says in sentences where the rebuilt run is another one (row B6). */
import { aggregate } from "../../policies/index.ts";
import { CabincrewError, canonicalJson, whyOf } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentSource } from "../content/index.ts";
import { bindingViolations } from "../integrity/bindings.ts";
import { misdescribed, planOf } from "../integrity/plan.ts";
import { type Step, stepsOf } from "../protocol/history.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import type { StoredEntry } from "../store/port.ts";

export interface Rehydrated {
  /** The fold of the entries; undefined when they cannot be followed. */
  readonly run: RunRecord | undefined;
  readonly planned: readonly SealedArtifact[];
  readonly differences: readonly string[];
}

/** `bodies`: whether those of artifacts are expected to be there. */
export async function rehydrate(
  entries: readonly StoredEntry[],
  projected: RunRecord | undefined,
  content: ContentSource,
  { bodies = true }: { readonly bodies?: boolean } = {},
): Promise<Rehydrated> {
  let steps: readonly Step[];
  try {
    steps = stepsOf(entries);
  } catch (error) {
    return { run: undefined, planned: [], differences: [`The events cannot be followed: ${whyOf(error)}`] };
  }
  const run = steps.at(-1)?.after;
  if (!run) return { run: undefined, planned: [], differences: ["The ledger holds no event of this run."] };
  const differences = [...orderDifferences(steps), ...decisionDifferences(run)];
  if (!projected) differences.push("The store has no projection of this run.");
  else if (canonicalJson(projected) !== canonicalJson(run))
    differences.push("The projection of the run is not what its events fold to.");
  const planned = await sealedOf(run, content, differences);
  if (planned && run.token !== null) await planDifferences(run, run.token, planned, { content, bodies }, differences);
  return { run, planned: planned ?? [], differences };
}

function orderDifferences(steps: readonly Step[]): string[] {
  return steps.flatMap(({ event, stored, before, after }, index) => [
    ...(event.run_seq === index + 1 ? [] : [`Event ${index + 1} of the run calls itself event ${event.run_seq}.`]),
    ...(event.seq === stored.seq ? [] : [`Entry ${stored.seq} is the text of entry ${event.seq}.`]),
    ...(event.state === after.state
      ? []
      : [`After entry ${event.seq} the run was ${event.state}, replayed it is ${after.state}.`]),
    ...(before
      ? bindingViolations(before, event).map(({ message }) => `Entry ${event.seq} (${event.type}): ${message}.`)
      : []),
  ]);
}

/** The most severe evaluation wins; recorded and replayed decision must agree. */
function decisionDifferences(run: RunRecord): string[] {
  if (run.decision === null) return [];
  const decision = aggregate(run.evaluations);
  return decision === run.decision ? [] : [`The evaluations give ${decision}, recorded was ${run.decision}.`];
}

async function sealedOf(
  run: RunRecord,
  content: ContentSource,
  differences: string[],
): Promise<readonly SealedArtifact[] | undefined> {
  if (!run.artifacts) return undefined;
  try {
    return await readSealed(content, run.artifacts.list_sha256);
  } catch (error) {
    differences.push(`The list of sealed artifacts cannot be read: ${whyOf(error)}`);
    return undefined;
  }
}

async function planDifferences(
  run: RunRecord,
  token: string,
  planned: readonly SealedArtifact[],
  { content, bodies }: { readonly content: ContentSource; readonly bodies: boolean },
  differences: string[],
): Promise<void> {
  const made = planOf(run, planned);
  if (made.token !== token) differences.push(`The sealed plan gives plan-token ${made.token}, recorded was ${token}.`);
  for (const name of misdescribed(planned))
    differences.push(`Artifact ${JSON.stringify(name)} has another description than the one that was hashed.`);
  for (const { name, body, metadata_sha256 } of planned) {
    for (const address of [metadata_sha256, ...(body && bodies ? [body.sha256] : [])]) {
      if (!(await content.has(address)))
        differences.push(`The store lacks ${address} of artifact ${JSON.stringify(name)}.`);
    }
  }
  try {
    const stored = (await content.read(token, { maxBytes: 2 * 1024 ** 3 })).toString();
    if (stored !== made.text) differences.push("The stored plan document is not the one that the run's record gives.");
  } catch (error) {
    if (!(error instanceof CabincrewError)) throw error;
    differences.push(`The plan document cannot be read: ${error.message}`);
  }
}
