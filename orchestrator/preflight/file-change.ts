/**
 * What a `file` artifact would change, worked out from the sealed body and the workspace as it is (spec/artifacts.md): an
 * engine's own claims about old content are never believed. The same result is judged, shown to approvers and stored.
 */
import { lstatSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { analyseChange, readableBytes, readableDiff, unifiedDiff } from "../../engines/index.ts";
import { CabincrewError, errnoOf, type FileChange, type JsonObject, looked } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentStore } from "../content/index.ts";

/** Content beyond this is not read for a diff; judges are told that the change is truncated. */
const READ_BYTES = 4 * 1024 * 1024;

interface Side {
  readonly path: Buffer;
  readonly entry: "file" | "symlink" | "directory";
  readonly mode: number;
  readonly linkTarget?: Buffer;
  readonly size: number;
  /** Absent when there is no content, or too much. */
  readonly content?: Buffer;
}

export interface ReviewedChange {
  readonly artifact: string;
  readonly change: FileChange;
  /** Unified diff in git's form, UTF-8; bytes that are not are shown as `\xNN`. */
  readonly diff: string;
}

/** Undefined for artifacts that are no file change. Throws artifact_invalid for a target outside of the workspace. */
export async function reviewChange(
  artifact: SealedArtifact,
  workspace: string,
  content: ContentStore,
): Promise<ReviewedChange | undefined> {
  if (artifact.artifact_type !== "file" || artifact.target === undefined) return undefined;
  const metadata = (artifact.document.metadata ?? {}) as JsonObject;
  const path = pathOf(artifact, metadata["path_b64"], artifact.target);
  const oldPath =
    metadata["old_path"] === undefined
      ? path
      : pathOf(artifact, metadata["old_path_b64"], String(metadata["old_path"]));
  const before = artifact.action === "create" ? undefined : oldSide(workspace, oldPath);
  const after = artifact.action === "delete" ? undefined : await newSide(artifact, metadata, path, before, content);
  // Without a body of its own the artifact renames or changes bits: whatever the size, no line changes.
  const same =
    after?.entry === "file" && before?.entry === "file" && !artifact.body && artifact.document.body === undefined;
  const large = !same && [before, after].some((side) => side?.entry === "file" && side.content === undefined);
  const unread = same || large;
  const analysis = analyseChange(unread ? undefined : before?.content, unread ? undefined : after?.content);
  const op = opOf(artifact.action, before);
  return {
    artifact: artifact.name,
    diff: readableDiff(unifiedDiff(before && diffSide(before), after && diffSide(after))),
    change: {
      op,
      path: readableBytes(path),
      ...(op === "rename" ? { old_path: readableBytes(oldPath) } : {}),
      entry: (after ?? before)?.entry ?? "file",
      ...(before ? { old_entry: before.entry, old_mode: octal(before.mode) } : {}),
      ...(after ? { mode: octal(after.mode) } : {}),
      ...(after?.linkTarget ? { link_target: readableBytes(after.linkTarget) } : {}),
      executable: isExecutable(after),
      became_executable: isExecutable(after) && !isExecutable(before),
      setid: after?.entry === "file" && (after.mode & 0o6000) !== 0,
      ...analysis,
      truncated: analysis.truncated || large,
    },
  };
}

function opOf(action: string, before: Side | undefined): FileChange["op"] {
  if (action === "create" || action === "delete" || action === "rename") return action;
  return before ? "update" : "create";
}

function pathOf(artifact: SealedArtifact, base64: unknown, text: string): Buffer {
  const path = typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(text);
  const segments = path.toString("latin1").split("/");
  if (
    path.length === 0 ||
    path.includes(0) ||
    segments.some((segment) => segment === "" || segment === "." || segment === "..")
  ) {
    throw new CabincrewError(
      "artifact_invalid",
      `Artifact ${artifact.name} changes ${JSON.stringify(readableBytes(path))}, which is no path inside of the workspace.`,
      {
        next: "The engine must name its targets relative to the workspace, without `..`.",
      },
    );
  }
  if (typeof base64 === "string" && readableBytes(path) !== text) {
    throw new CabincrewError(
      "artifact_invalid",
      `Artifact ${artifact.name} names ${JSON.stringify(text)}, but its bytes say ${JSON.stringify(readableBytes(path))}.`,
      { next: "What is shown must be what is changed: the engine must derive both from the same path." },
    );
  }
  return path;
}

function oldSide(workspace: string, path: Buffer): Side | undefined {
  const absolute = Buffer.concat([Buffer.from(`${workspace}/`), path]);
  let stat: Stats;
  try {
    stat = looked(lstatSync(absolute));
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
  const common = { path, mode: stat.mode & 0o7777, size: stat.size };
  if (stat.isSymbolicLink()) return linkSide(common, readlinkSync(absolute, { encoding: "buffer" }));
  if (stat.isDirectory()) return { ...common, entry: "directory" };
  return { ...common, entry: "file", ...(stat.size <= READ_BYTES ? { content: readFileSync(absolute) } : {}) };
}

async function newSide(
  artifact: SealedArtifact,
  metadata: JsonObject,
  path: Buffer,
  before: Side | undefined,
  content: ContentStore,
): Promise<Side> {
  const entry = metadata["entry"] === "symlink" || metadata["entry"] === "directory" ? metadata["entry"] : "file";
  const mode =
    typeof metadata["mode"] === "string" ? Number.parseInt(metadata["mode"], 8) & 0o7777 : (before?.mode ?? 0o644);
  if (entry === "directory") return { path, entry, mode, size: 0 };
  if (entry === "symlink") {
    const base64 = metadata["link_target_b64"];
    const target =
      typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(String(metadata["link_target"] ?? ""));
    return linkSide({ path, mode, size: target.length }, target);
  }
  const inline = artifact.document.body;
  if (typeof inline === "object" && inline !== null)
    throw new CabincrewError(
      "artifact_invalid",
      `Artifact ${artifact.name} gives the content of a file as JSON, so nobody can tell which bytes it means.`,
      { next: "The engine must write a file's content as text or into a body file." },
    );
  if (typeof inline === "string") {
    const bytes = Buffer.from(inline);
    return { path, entry, mode, size: bytes.length, ...(bytes.length <= READ_BYTES ? { content: bytes } : {}) };
  }
  if (!artifact.body)
    return { path, entry, mode, size: before?.size ?? 0, ...(before?.content ? { content: before.content } : {}) };
  const { sha256, size } = artifact.body;
  return { path, entry, mode, size, ...(size <= READ_BYTES ? { content: await content.read(sha256) } : {}) };
}

function linkSide(common: { path: Buffer; mode: number; size: number }, target: Buffer): Side {
  return { ...common, entry: "symlink", linkTarget: target, content: target };
}

function diffSide(side: Side) {
  const type = side.entry === "symlink" ? "120000" : side.entry === "directory" ? "040755" : `10${octal(side.mode)}`;
  return { path: side.path, mode: type, size: side.size, ...(side.content ? { content: side.content } : {}) };
}

function isExecutable(side: Side | undefined): boolean {
  return side?.entry === "file" && (side.mode & 0o111) !== 0;
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
