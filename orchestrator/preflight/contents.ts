/** Whole texts for judges that ask for them: out of the sealed bytes, and for a file only renamed, out of the workspace. */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { JsonObject, PreflightContents } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentStore } from "../content/index.ts";

/** A larger body is judged by its change and size only. */
const BODY_BYTES = 1024 * 1024;

/**
 * `workspace` is an absolute path; its files are bound by the workspace hash, which take-off compares. Undefined where it is no
 * longer the one that was planned on: what only it holds is then unseen.
 */
export function contentsOf(
  artifacts: readonly SealedArtifact[],
  workspace: string | undefined,
  content: ContentStore,
): PreflightContents {
  const known = new Map(artifacts.map((artifact) => [artifact.name, artifact]));
  return {
    async text(name) {
      const artifact = known.get(name);
      if (!artifact) return undefined;
      const sealed = await bodyText(artifact, content);
      return (
        sealed ?? (workspace !== undefined && keepsItsBytes(artifact) ? workspaceText(artifact, workspace) : undefined)
      );
    },
  };
}

/** The sealed body as text: at most 1 MiB of UTF-8 without NUL, else undefined. */
export async function bodyText(artifact: SealedArtifact, content: ContentStore): Promise<string | undefined> {
  const inline = artifact.document.body;
  if (inline !== undefined && inline !== null) return typeof inline === "string" ? inline : JSON.stringify(inline);
  if (!artifact.body || artifact.body.size > BODY_BYTES) return undefined;
  return textOf(await content.read(artifact.body.sha256, { maxBytes: BODY_BYTES }));
}

/** A file that is renamed or gets other permission bits has no body of its own. */
function keepsItsBytes({ artifact_type, action, document, body }: SealedArtifact): boolean {
  const entry = (document.metadata as JsonObject | undefined)?.["entry"];
  return artifact_type === "file" && action !== "delete" && !body && (entry === undefined || entry === "file");
}

async function workspaceText({ document, target }: SealedArtifact, workspace: string): Promise<string | undefined> {
  const metadata = (document.metadata ?? {}) as JsonObject;
  const base64 = metadata["old_path_b64"] ?? (metadata["old_path"] === undefined ? metadata["path_b64"] : undefined);
  const relative =
    typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(String(metadata["old_path"] ?? target));
  const file = await open(
    Buffer.concat([Buffer.from(`${workspace}/`), relative]),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  ).catch(() => undefined);
  if (!file) return undefined;
  try {
    const stat = await file.stat();
    return stat.isFile() && stat.size <= BODY_BYTES ? textOf(await file.readFile()) : undefined;
  } finally {
    await file.close();
  }
}

function textOf(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
