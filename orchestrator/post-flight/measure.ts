/**
 * What a take-off came to: measured as soon as the engine has ended, with the workspace still locked, and recorded with the
 * take-off itself, so that it is judged alike however often judging is begun again.
 */
import { type OutcomeDifference, type Receipt, type TakeOffOutcome, whyOf } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { Flight } from "../drive/flight.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import { changedPaths, displayPath, type WorkspaceTree } from "../workspace/index.ts";
import { workspaceState } from "../workspace/state.ts";
import { comparePath, Digests } from "./compare.ts";
import { type PlannedPath, plannedPaths } from "./planned.ts";

const LISTED = 200;
/** It decides what is inside: a plan that changes it makes paths come and go that nobody touched. */
const RULES = ".cabincrewignore";

/** `outputs` are what the take-off left in its output directory, sealed. Never throws for what it finds or cannot read: the effects are there, and that they cannot be measured is a difference. */
export async function measureOutcome(
  flight: Flight,
  run: RunRecord,
  receipt: Receipt,
  outputs: readonly SealedArtifact[] = [],
): Promise<TakeOffOutcome> {
  const artifacts = run.artifacts ? await readSealed(flight.crew.content, run.artifacts.list_sha256) : [];
  const planned = plannedPaths(artifacts);
  const { workspace } = run.spec;
  const whole = run.take_off_attempts === 1 && flight.before.tree !== undefined && !planned.has(RULES);
  const differences: OutcomeDifference[] = receiptDifferences(receipt, artifacts, outputs);
  let tree: WorkspaceTree | undefined;
  try {
    tree = whole ? (await workspaceState(flight.crew, workspace)).tree : undefined;
  } catch (error) {
    differences.push({ path: ".", kind: "unmeasured", found: whyOf(error) });
  }
  const digests = new Digests(tree);
  const former = new Digests(flight.before.tree);
  const wrong = new Set<string>();
  for (const each of planned.values()) {
    const difference = comparePath(workspace, withFormer(each, former), digests);
    if (!difference) continue;
    wrong.add(each.artifact);
    differences.push(difference);
  }
  if (tree && flight.before.tree) differences.push(...unplanned(flight.before.tree, tree, planned));
  differences.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const changes = new Set([...planned.values()].map((each) => each.artifact)).size;
  return {
    planned: changes,
    applied: changes - wrong.size,
    measured: whole ? "workspace" : "plan",
    differences: differences.slice(0, LISTED),
    differences_total: differences.length,
  };
}

/**
 * What the plan leaves to what was there, as far as that was measured: a file that is only renamed or gets other bits keeps what
 * it held, and one whose bits nobody speaks of does not become executable.
 */
function withFormer(planned: PlannedPath, former: Digests): PlannedPath {
  const { state } = planned;
  if (!state) return planned;
  const sha256 = state.keeps === undefined ? undefined : former.of(state.keeps);
  const plain = state.bitsOf !== undefined && former.wasPlain(state.bitsOf);
  return {
    ...planned,
    state: { ...state, ...(sha256 === undefined ? {} : { sha256 }), ...(plain ? { plain } : {}) },
  };
}

/** A directory above a planned path may come with it, and go with the last thing in it. */
function unplanned(
  before: WorkspaceTree,
  after: WorkspaceTree,
  planned: ReadonlyMap<string, PlannedPath>,
): OutcomeDifference[] {
  const above = new Set<string>();
  for (const path of planned.keys())
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) above.add(path.slice(0, at));
  return changedPaths(before, after)
    .filter(({ path, isDirectory }) => !planned.has(path) && !(isDirectory && above.has(path)))
    .map(({ path, change }) => ({ path: displayPath(path), kind: "unplanned", found: change }));
}

/**
 * An engine may name the plan's artifacts again, which must then be those that were sealed, and its outputs, which were checked as they
 * were sealed. An artifact that is neither does not exist.
 */
function receiptDifferences(
  receipt: Receipt,
  artifacts: readonly SealedArtifact[],
  outputs: readonly SealedArtifact[],
): OutcomeDifference[] {
  const sealed = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  const checked = new Set(outputs.map(({ name }) => name));
  return (receipt.artifacts ?? []).flatMap(({ name, hash }) => {
    const artifact = sealed.get(name);
    const claimed = hash.replace(/^sha256:/, "");
    if (!artifact) return checked.has(name) ? [] : [{ path: name, kind: "receipt" as const, found: claimed }];
    if (claimed === artifact.body?.sha256 || claimed === artifact.metadata_sha256) return [];
    return [
      {
        path: name,
        kind: "receipt" as const,
        planned: artifact.body?.sha256 ?? artifact.metadata_sha256,
        found: claimed,
      },
    ];
  });
}
