/**
 * Where each planned change stands: still as it was planned on, already as planned, or on the way (an attempt was cut short).
 * Anything else is a conflict, and nothing is written while there is one.
 */
import { lstatSync, readdirSync, readlinkSync, type Stats } from "node:fs";
import { errnoOf } from "../../../schema/index.ts";
import { type BytePath, joinBytes, parentOf } from "../bytes.ts";
import { type Change, type EntryState, sameState } from "../changes/change.ts";
import { hashFile } from "../changes/content.ts";
import { kindOf } from "../changes/entry.ts";
import { isTemporaryName } from "../temporary-name.ts";
import type { Directories } from "./directories.ts";

export type Standing = "old" | "new" | "between" | "conflict";

/** One standing for each change, in their order. */
export function examine(changes: readonly Change[], directories: Directories): Standing[] {
  const planned = plannedPaths(changes);
  return changes.map((change) => {
    const standing = standingOf(change, directories);
    if (standing === "new" && change.now) return standing;
    return parentsAllow(change, planned, directories) && keepsNothingElse(change, planned, directories)
      ? standing
      : "conflict";
  });
}

function plannedPaths(changes: readonly Change[]): ReadonlyMap<BytePath, Change> {
  const paths = new Map<BytePath, Change>();
  for (const change of changes) {
    paths.set(change.path, change);
    if (change.oldPath !== undefined) paths.set(change.oldPath, change);
  }
  return paths;
}

function standingOf(change: Change, directories: Directories): Standing {
  const { old, now, path, oldPath } = change;
  if (oldPath !== undefined) return renameStanding(change, oldPath, directories);
  const found = stateAt(path, directories, old, now);
  // What a killed attempt left is nobody's work, and each later one may leave another half of it.
  if (found !== undefined && found !== "other" && now === undefined && isTemporaryName(path)) return "old";
  if (found === "other") return "conflict";
  if (sameState(found, old)) return "old";
  if (sameState(found, now)) return "new";
  if (found === undefined)
    return old && now && (old.kind === "directory") !== (now.kind === "directory") ? "between" : "conflict";
  return now?.kind === "directory" && found.kind === "directory" && found.mode === widened(now.mode)
    ? "between"
    : "conflict";
}

/** The mode a directory has while its entries are being written. */
export function widened(mode: number): number {
  return mode | 0o700;
}

function renameStanding(change: Change, oldPath: BytePath, directories: Directories): Standing {
  const { old, now } = change;
  if (!old || !now) return "conflict";
  const source = stateAt(oldPath, directories, old, now);
  const target = stateAt(change.path, directories, old, now);
  if (source === "other" || target === "other") return "conflict";
  if (target === undefined) return sameState(source, old) ? "old" : "conflict";
  if (!sameState(target, now, true) || (target.mode !== now.mode && target.mode !== old.mode)) return "conflict";
  if (source === undefined) return target.mode === now.mode ? "new" : "between";
  return sameState(source, old) && target.mode === now.mode ? "between" : "conflict";
}

/** What is at `path`; contents are only read where one of `expected` has that size. "other": nothing a plan can hold. */
function stateAt(
  path: BytePath,
  directories: Directories,
  ...expected: readonly (EntryState | undefined)[]
): EntryState | undefined | "other" {
  const place = directories.place(path);
  const status = place && statusAt(place);
  if (!place || !status) return undefined;
  const kind = kindOf(status);
  if (kind === undefined) return "other";
  if (kind === "symlink") return { kind, mode: 0o777, link: readlinkSync(place, "latin1") };
  const mode = status.mode & 0o7777;
  if (kind === "directory") return { kind, mode };
  const worthReading = expected.some((state) => state?.size === status.size);
  return { kind, mode, size: status.size, sha256: worthReading ? hashFile(place) : "" };
}

export function statusAt(place: Buffer): Stats | undefined {
  try {
    return lstatSync(place);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Every parent is a directory, or is not there (it comes or went with the plan), or becomes or was one by the plan itself. */
function parentsAllow(change: Change, planned: ReadonlyMap<BytePath, Change>, directories: Directories): boolean {
  for (let parent = parentOf(change.path); parent !== ""; parent = parentOf(parent)) {
    const place = directories.place(parent);
    const status = place && statusAt(place);
    if (!status) continue;
    const plan = planned.get(parent);
    return status.isDirectory() || (change.now ? plan?.now : plan?.old)?.kind === "directory";
  }
  return true;
}

/** A directory that goes must hold nothing but what goes with it. */
function keepsNothingElse(change: Change, planned: ReadonlyMap<BytePath, Change>, directories: Directories): boolean {
  if (change.old?.kind !== "directory" || change.now?.kind === "directory") return true;
  const place = directories.place(change.path);
  if (!place || !statusAt(place)?.isDirectory()) return true;
  return readdirSync(place, { encoding: "latin1" }).every((name) => {
    const child = joinBytes(change.path, name);
    const plan = planned.get(child);
    return plan !== undefined && (plan.path !== child || plan.now === undefined);
  });
}
