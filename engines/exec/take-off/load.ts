/** Reads the sealed plan and refuses any that could reach outside of the workspace or contradicts itself. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { CabincrewError, compareUtf8, parseDocument } from "../../../schema/index.ts";
import { readableBytes } from "../../diff/index.ts";
import { type BytePath, bytesOf, compareBytes, parentOf } from "../bytes.ts";
import { type Change, needsBody } from "../changes/change.ts";
import { parseChange } from "../changes/document.ts";

export interface PlannedChange extends Change {
  /** The sealed file with the new content. */
  readonly body?: string;
}

/** The plan's changes in byte order of path. */
export function loadPlan(artifactsDir: string): PlannedChange[] {
  const changes: PlannedChange[] = [];
  for (const name of readdirSync(artifactsDir).sort(compareUtf8)) {
    const file = path.join(artifactsDir, name, "artifact.json");
    const what = `artifact.json of ${JSON.stringify(name)}`;
    const document = parseDocument("artifact", JSON.parse(readFileSync(file, "utf8")), "artifact_invalid", what);
    if (document.artifact_type === "diff") continue;
    const change = parseChange(name, document);
    changes.push({
      ...change,
      ...(needsBody(change) ? { body: path.join(artifactsDir, name, document.body_file ?? "") } : {}),
    });
  }
  changes.sort((a, b) => compareBytes(a.path, b.path));
  assertPaths(changes);
  return changes;
}

function assertPaths(changes: readonly PlannedChange[]): void {
  const seen = new Set<BytePath>();
  const closed = new Set<BytePath>();
  for (const change of changes) {
    for (const each of change.oldPath === undefined ? [change.path] : [change.path, change.oldPath]) {
      if (each.split("/").some((part) => part === "" || part === "." || part === "..") || each.includes("\0"))
        throw refuse(each, "is not a plain path inside of the workspace");
      if (seen.has(each)) throw refuse(each, "is changed twice");
      seen.add(each);
    }
    if (change.now?.kind !== "directory") closed.add(change.path);
    if (change.oldPath !== undefined) closed.add(change.oldPath);
  }
  for (const { path: target, now } of changes)
    for (let parent = parentOf(target); now && parent !== ""; parent = parentOf(parent))
      if (closed.has(parent)) throw refuse(target, "lies below something that the same plan makes no directory");
}

function refuse(target: BytePath, why: string): CabincrewError {
  return new CabincrewError(
    "artifact_invalid",
    `The plan cannot be applied: ${JSON.stringify(readableBytes(bytesOf(target)))} ${why}.`,
  );
}
