/** Declared plan files: found after the plan command, sealed as artifacts, laid out again for the apply command. */
import { chmodSync, constants, copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import glob from "fast-glob";
import { CabincrewError, compareUtf8, parseDocument } from "../../schema/index.ts";
import { isText } from "../diff/index.ts";
import { bytePath } from "../exec/bytes.ts";
import { hashFile, readStart } from "../exec/changes/content.ts";
import { fields, invalid } from "../exec/config.ts";
import type { ArtifactWriter } from "../exec/protocol/artifact-writer.ts";
import { inside } from "./config.ts";
import { PLACEHOLDER } from "./exchange.ts";

export const PLAN_FILE = "cabincrew.plan-file/1";
const TEXT_BYTES = 1024 * 1024;

interface PlanFile {
  /** Relative to the plan directory, where the apply command finds it. */
  readonly path: string;
  readonly place: string;
}

/** The private copy as the command left it, and the working directory in it that paths are relative to. */
export interface WorkspaceView {
  readonly top: string;
  readonly below: string;
}

/** A pattern without any file is a failure of the plan. */
export async function sealPlanFiles(
  patterns: readonly string[],
  planDir: string,
  workspace: WorkspaceView,
  writer: ArtifactWriter,
): Promise<void> {
  const found = new Map<string, PlanFile>();
  for (const pattern of patterns)
    for (const file of await filesOf(pattern, planDir, workspace)) {
      const other = found.get(file.path);
      if (other && other.place !== file.place) throw failed(`two plan files are called ${file.path}`);
      found.set(file.path, file);
    }
  const sorted = [...found.values()].sort((a, b) => compareUtf8(a.path, b.path));
  for (const [at, file] of sorted.entries()) seal(`p${String(at + 1).padStart(6, "0")}`, file, writer);
}

async function filesOf(pattern: string, planDir: string, workspace: WorkspaceView): Promise<PlanFile[]> {
  const fromPlanDir = pattern.startsWith(`${PLACEHOLDER}/`);
  const { top, below } = fromPlanDir ? { top: planDir, below: "." } : workspace;
  const relative = inside("plan_files", fromPlanDir ? pattern.slice(PLACEHOLDER.length + 1) : pattern);
  if (relative.includes("{plan_dir")) throw invalid("plan_files", `may hold ${PLACEHOLDER} only at its beginning`);
  const root = path.join(top, below);
  const names = glob.isDynamicPattern(relative)
    ? await glob(relative, { cwd: root, dot: true, followSymbolicLinks: false, onlyFiles: false })
    : [relative];
  const files = names
    .filter((name) => isPlain(top, path.join(below, name)))
    .map((name) => ({ path: name, place: path.join(root, name) }));
  if (files.length === 0) throw failed(`it did not make the declared plan file ${pattern}`);
  return files;
}

/**
 * True for a plain file. A link could lead to a file the command itself may not read, so none is followed, component by
 * component: what a path resolves to is another matter inside the private copy than here.
 */
function isPlain(top: string, relative: string): boolean {
  const parts = relative.split("/");
  for (let length = 1; length <= parts.length; length++) {
    const status = lstatSync(path.join(top, ...parts.slice(0, length)), { throwIfNoEntry: false });
    if (!status || (length === parts.length && status.isDirectory())) return false;
    if (!(length < parts.length ? status.isDirectory() : status.isFile()))
      throw failed(`its plan file ${relative} is not a plain file`);
  }
  return true;
}

function failed(why: string): CabincrewError {
  return new CabincrewError("engine_failed", `The plan command ended well, but ${why}.`, {
    next: "Correct the command, or `plan_files` in the configuration.",
  });
}

function seal(name: string, file: PlanFile, writer: ArtifactWriter): void {
  const { size, mode } = lstatSync(file.place);
  const text = size <= TEXT_BYTES && isText(readStart(bytePath(file.place), size));
  const document = {
    artifact_type: "plan-file",
    action: "apply",
    target: file.path,
    mime: text ? "text/plain; charset=utf-8" : "application/octet-stream",
    body_file: "body",
    metadata: {
      format: PLAN_FILE,
      path: file.path,
      mode: (mode & 0o100) === 0 ? "0644" : "0755",
      sha256: hashFile(Buffer.from(file.place)),
      size,
    },
  };
  writer.write(name, "state", document, (body) => {
    copyFileSync(file.place, body, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    chmodSync(body, 0o600);
  });
}

/** Lays the sealed plan files out in `planDir`; refuses what was not sealed by `sealPlanFiles`. */
export function layOutPlanFiles(artifactsDir: string, planDir: string): void {
  for (const name of readdirSync(artifactsDir)) {
    const folder = path.join(artifactsDir, name);
    const json: unknown = JSON.parse(readFileSync(path.join(folder, "artifact.json"), "utf8"));
    const document = parseDocument("artifact", json, "artifact_invalid", `artifact.json of ${JSON.stringify(name)}`);
    if (document.artifact_type !== "plan-file") continue;
    const metadata = fields(document.metadata);
    const relative = metadata["path"];
    if (metadata["format"] !== PLAN_FILE || typeof relative !== "string" || document.body_file === undefined)
      throw new CabincrewError("artifact_invalid", `The artifact ${JSON.stringify(name)} is not a ${PLAN_FILE}.`);
    const target = path.join(planDir, inside("path", relative));
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(folder, document.body_file), target, constants.COPYFILE_EXCL);
    chmodSync(target, metadata["mode"] === "0755" ? 0o700 : 0o600);
    if (hashFile(Buffer.from(target)) !== metadata["sha256"])
      throw new CabincrewError("token_mismatch", `The sealed plan file ${relative} is not what the plan says.`);
  }
}
