/** What a plan says the workspace will hold, path by path. Paths are latin1: one character a byte, as the tree has them. */
import { isJsonObject, type Json, sha256 } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";

/** The state a path must be in; `null`: nothing may be there. */
export interface PlannedState {
  readonly entry: string;
  /** Four octal digits; absent where the plan does not say. */
  readonly mode?: string;
  /** A file whose bits the plan does not say, and that is new or could not be executed before: it was judged as one that nobody can execute. */
  readonly plain?: true;
  /** Of a file that was there and whose bits the plan does not say: the path whose bits it was judged with. Latin1. */
  readonly bitsOf?: string;
  readonly sha256?: string;
  /** Of a file without new content: the path that held, before take-off, what it must hold now. Latin1. */
  readonly keeps?: string;
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
    const from = typeof old === "string" ? bytesOf(fields["old_path_b64"], old) : path;
    put(name, path, action === "delete" ? null : stateOf(fields, from, action, contentOf(document.body, body?.sha256)));
  }
  return planned;
}

/**
 * What was judged is what counts: the sealed body, never a digest that the engine wrote beside it, and a link without a target
 * as the empty one it was shown as.
 */
function stateOf(
  fields: Readonly<Record<string, Json>>,
  from: string,
  action: string,
  content: string | undefined,
): PlannedState {
  const {
    entry = "file",
    mode,
    link_target: link = "",
    link_target_b64: linkBytes,
  } = fields as {
    readonly entry?: Json;
    readonly mode?: Json;
    readonly link_target?: Json;
    readonly link_target_b64?: Json;
  };
  return {
    entry: String(entry),
    ...(typeof mode === "string" ? { mode } : {}),
    ...(entry === "file" && typeof mode !== "string" ? (action === "create" ? { plain: true } : { bitsOf: from }) : {}),
    ...(entry === "file" ? (content === undefined ? { keeps: from } : { sha256: content }) : {}),
    ...(entry === "symlink" ? { link: bytesOf(linkBytes, String(link)) } : {}),
  };
}

function contentOf(inline: unknown, body: string | undefined): string | undefined {
  return body ?? (typeof inline === "string" ? sha256(inline) : undefined);
}

function bytesOf(base64: Json | undefined, text: string): string {
  return (typeof base64 === "string" ? Buffer.from(base64, "base64") : Buffer.from(text)).toString("latin1");
}
