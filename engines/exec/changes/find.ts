/** From two trees to the sorted list of changes: contents compared, renames paired, volatile refreshes dropped. */
import { readFileSync } from "node:fs";
import { CabincrewError } from "../../../schema/index.ts";
import { type BytePath, baseOf, bytesOf, compareBytes, joinBytes } from "../bytes.ts";
import type { Trees } from "../launch/request.ts";
import { temporaryName } from "../temporary-name.ts";
import { type EntryState, type FoundChange, sameState } from "./change.ts";
import { type Candidate, findCandidates } from "./compare.ts";
import { hashFile } from "./content.ts";
import { type Found, foundOf, statusOf, targetOf } from "./entry.ts";
import { sameIndex } from "./git-index.ts";
import { leftOutOf } from "./ignore.ts";
import { pairRenames } from "./renames.ts";

const GIT_INDEX = /(^|\/)\.git\/(modules\/.+\/|worktrees\/[^/]+\/)?index$/;
/** Made along with what lies in it, so a new directory with this mode needs no change of its own unless it is empty. */
export const PLAIN_DIRECTORY = 0o755;

export interface FoundChanges {
  /** In byte order of path. */
  readonly changes: readonly FoundChange[];
  readonly warnings: readonly string[];
}

export function findChanges(trees: Trees, excludeIgnored: boolean): FoundChanges {
  const touched = findCandidates(trees, leftOutOf(trees, excludeIgnored));
  const reowned = touched.filter(({ old, now }) => old && now && old.owner !== now.owner).length;
  const changed = described(touched);
  const all = withoutImplied([...changed, ...described(leftByKilled(changed, trees))]);
  const changes = pairRenames(all).sort((a, b) => compareBytes(a.path, b.path));
  const warnings = reowned > 0 ? [`${reowned} entries changed their owner; owners are not part of a plan`] : [];
  return { changes, warnings };
}

function described(candidates: readonly Candidate[]): FoundChange[] {
  return candidates.map(describe).filter((change) => change !== undefined);
}

/**
 * A take-off that was killed may have left the half-written content of a change that is now planned again; the plan takes it
 * away, for all to see. Only names of the changes at hand are looked at: a search would cost a walk of the workspace. The command
 * leaves it as it was, so that on a plain copy it is met in both trees; where the command itself changed it, that is the plan.
 */
function leftByKilled(changed: readonly FoundChange[], trees: Trees): Candidate[] {
  const known = new Set(changed.map(({ path }) => path));
  return changed.flatMap(({ path: target, now }) => {
    const path = temporaryName(target);
    if (!now || now.kind === "directory" || known.has(path)) return [];
    const place = joinBytes(trees.before, path);
    const status = statusOf(place);
    return status?.isFile() || status?.isSymbolicLink() ? [{ path, old: foundOf(status, place, path) }] : [];
  });
}

function describe(candidate: Candidate): FoundChange | undefined {
  const { path, old, now } = candidate;
  if (path === "")
    throw new CabincrewError(
      "engine_failed",
      "The command changed the mode of the workspace's own directory, which a plan cannot hold.",
    );
  if (old && now && isVolatile(path, old, now)) return undefined;
  const before = old && stateOf(old);
  const after = now && stateOf(now);
  if (sameState(before, after)) return undefined;
  return {
    op: before ? (after ? "update" : "delete") : "create",
    path,
    ...(before ? { old: before, oldPlace: old.place } : {}),
    ...(after ? { now: after, nowPlace: now.place } : {}),
  };
}

function stateOf(found: Found): EntryState {
  const { kind, mode, place } = found;
  if (kind === "directory") return { kind, mode };
  return kind === "symlink"
    ? { kind, mode, link: targetOf(place) }
    : { kind, mode, size: found.size, sha256: hashFile(place) };
}

function isVolatile(path: BytePath, old: Found, now: Found): boolean {
  if (old.kind !== "file" || now.kind !== "file" || old.mode !== now.mode || !GIT_INDEX.test(path)) return false;
  return sameIndex(readFileSync(bytesOf(old.place)), readFileSync(bytesOf(now.place)));
}

function withoutImplied(changes: readonly FoundChange[]): FoundChange[] {
  const parents = new Set(
    changes.filter((change) => change.now).map((change) => change.path.slice(0, -baseOf(change.path).length - 1)),
  );
  return changes.filter(
    ({ path, old, now }) => old || now?.kind !== "directory" || now.mode !== PLAIN_DIRECTORY || !parents.has(path),
  );
}
