/** A plan for judging what has no run: every file of a directory as if it were created, or a preflight document from a file. */
import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { analyseChange, isText, readableBytes } from "../../engines/index.ts";
import {
  CabincrewError,
  type FileChange,
  looked,
  type PreflightArtifact,
  type PreflightContents,
  type PreflightInput,
  sha256,
  toCabincrewError,
} from "../../schema/index.ts";
import { summaryOf } from "../preflight/input.ts";

/** Larger files are not read; judges are told that the change is truncated. */
const READ_BYTES = 4 * 1024 * 1024;
const TEXT_BYTES = 1024 * 1024;
const MAX_FILES = 100_000;
const NO_DIGEST = "0".repeat(64);

export interface PlanOfFiles {
  readonly input: PreflightInput;
  readonly contents: PreflightContents;
}

/** Git's own directory at the top is passed over: no engine creates it. Throws workspace_invalid, engine_limit. */
export function planOfDirectory(directory: string, time: string, principal: PreflightInput["principal"]): PlanOfFiles {
  const files = new Map<string, Buffer>();
  const artifacts: PreflightArtifact[] = [];
  for (const path of filesBelow(directory)) {
    if (artifacts.length >= MAX_FILES)
      throw new CabincrewError("engine_limit", `${directory} holds more than ${MAX_FILES} files.`, {
        next: "Name a smaller directory.",
      });
    artifacts.push(created(directory, path, files, artifacts.length));
  }
  const input: PreflightInput = {
    format: "cabincrew.preflight/1",
    time,
    workflow: { id: "cabincrew.policy-eval", step_id: "main" },
    mode: "flight-plan",
    principal,
    engine: { id: "none", version: "0", digest: NO_DIGEST, idempotent: true, reconcile: false },
    config: {},
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    workspace: { hash: NO_DIGEST, path: directory },
    sandbox: { kind: "none" },
    receipt: {},
    artifacts,
    summary: summaryOf(artifacts),
  };
  return { input, contents: { text: async (name) => textOf(files.get(name)) } };
}

function created(directory: string, path: Buffer, files: Map<string, Buffer>, index: number): PreflightArtifact {
  const absolute = Buffer.concat([Buffer.from(`${directory}/`), path]);
  const name = `file-${String(index + 1).padStart(6, "0")}`;
  const target = readableBytes(path);
  const stat = looked(statSync(absolute, { throwIfNoEntry: false }));
  const link = linkTarget(absolute);
  const size = link ? link.length : (stat?.size ?? 0);
  const content = link ?? (size <= READ_BYTES ? readWhole(absolute) : undefined);
  if (content && !link) files.set(name, content);
  const mode = link ? 0o777 : (stat?.mode ?? 0o644) & 0o7777;
  const executable = !link && (mode & 0o111) !== 0;
  const analysis = analyseChange(undefined, content);
  const change: FileChange = {
    op: "create",
    path: target,
    entry: link ? "symlink" : "file",
    mode: mode.toString(8).padStart(4, "0"),
    ...(link ? { link_target: readableBytes(link) } : {}),
    executable,
    became_executable: executable,
    setid: !link && (mode & 0o6000) !== 0,
    ...analysis,
    truncated: analysis.truncated || content === undefined,
  };
  return {
    name,
    role: "state",
    artifact_type: "file",
    action: "create",
    target,
    mime: "application/octet-stream",
    ...(content ? { sha256: sha256(content) } : {}),
    size,
    metadata: {},
    change,
  };
}

function readWhole(absolute: Buffer): Buffer {
  try {
    return readFileSync(absolute);
  } catch (error) {
    throw toCabincrewError(error, "workspace_invalid", `Reading ${readableBytes(absolute)}`);
  }
}

function linkTarget(absolute: Buffer): Buffer | undefined {
  try {
    return readlinkSync(absolute, { encoding: "buffer" });
  } catch {
    return undefined;
  }
}

/** Files and links below, in byte order; what is neither (a socket, a device) is refused, since no plan can create it. */
function* filesBelow(directory: string, below: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  const here = Buffer.concat([Buffer.from(`${directory}/`), below]);
  let entries: ReturnType<typeof list>;
  try {
    entries = list(here);
  } catch (error) {
    throw toCabincrewError(error, "workspace_invalid", `Reading ${here.toString()}`);
  }
  for (const entry of entries) {
    const path = below.length === 0 ? entry.name : Buffer.concat([below, Buffer.from("/"), entry.name]);
    if (path.toString() === ".git") continue;
    if (entry.isDirectory()) yield* filesBelow(directory, path);
    else if (entry.isFile() || entry.isSymbolicLink()) yield path;
    else
      throw new CabincrewError(
        "workspace_invalid",
        `${readableBytes(path)} is neither a file, a link nor a directory.`,
      );
  }
}

function list(directory: Buffer) {
  return readdirSync(directory, { withFileTypes: true, encoding: "buffer" }).sort((a, b) =>
    Buffer.compare(a.name, b.name),
  );
}

function textOf(bytes: Buffer | undefined): string | undefined {
  return bytes && bytes.length <= TEXT_BYTES && isText(bytes) ? bytes.toString() : undefined;
}
