/** What a plan says the workspace will hold, path by path. Paths are latin1: one character a byte, as the tree has them. */
import { isJsonObject, isSha256, type Json } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";

/** The state a path must be in; `null`: nothing may be there. */
export interface PlannedState {
  readonly entry: string;
  /** Four octal digits; absent where the plan does not say. */
  readonly mode?: string;
  readonly sha256?: string;
  /** Latin1. */
  readonly link?: string;
}

export interface PlannedPath {
  readonly artifact: string;
  readonly path: string;
  readonly state: PlannedState | null;
}

/** Every path of every file change, once: where one change takes a name away that another gives, the one that gives counts. */
export function plannedPaths(artifacts: readonly SealedArtifact[]): ReadonlyMap<string, PlannedPath> {
  const planned = new Map<string, PlannedPath>();
  const put = (artifact: string, path: string, state: PlannedState | null) => {
    if (state !== null || !planned.has(path)) planned.set(path, { artifact, path, state });
  };
  for (const { name, artifact_type, action, target, document, body } of artifacts) {
    if (artifact_type !== "file" || target === undefined) continue;
    const metadata = document.metadata;
    const fields: Readonly<Record<string, Json>> = isJsonObject(metadata as Json)
      ? (metadata as Record<string, Json>)
      : {};
    const path = bytesOf(fields["path_b64"], target);
    const old = fields["old_path"];
    if (typeof old === "string") put(name, bytesOf(fields["old_path_b64"], old), null);
    put(name, path, action === "delete" ? null : stateOf(fields, body?.sha256));
  }
  return planned;
}

function stateOf(fields: Readonly<Record<string, Json>>, body: string | undefined): PlannedState {
  const {
    entry = "file",
    mode,
    sha256 = body,
    link_target: link,
    link_target_b64: linkBytes,
  } = fields as {
    readonly entry?: Json;
    readonly mode?: Json;
    readonly sha256?: Json;
    readonly link_target?: Json;
    readonly link_target_b64?: Json;
  };
  return {
    entry: String(entry),
    ...(typeof mode === "string" ? { mode } : {}),
    ...(isSha256(sha256) ? { sha256: sha256 as string } : {}),
    ...(typeof link === "string" ? { link: bytesOf(linkBytes, link) } : {}),
  };
}

function bytesOf(base64: Json | undefined, text: string): string {
  return (typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(text)).toString("latin1");
}
