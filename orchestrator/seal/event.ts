import type { JsonObject } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentSource } from "../content/index.ts";
import { draft, type EventDraft } from "../ledger/event.ts";

const LISTED_IN_EVENT = 50;
const LIST_BYTES = 2 * 1024 ** 3;

/** The list of sealed artifacts behind its content address. Throws ledger_corrupt when the store no longer has it. */
export async function readSealed(
  content: Pick<ContentSource, "read">,
  listSha256: string,
): Promise<readonly SealedArtifact[]> {
  return JSON.parse((await content.read(listSha256, { maxBytes: LIST_BYTES })).toString()) as SealedArtifact[];
}

export function sealedEvent(sealed: readonly SealedArtifact[], list_sha256: string): EventDraft {
  const bytes = sealed.reduce((sum, artifact) => sum + (artifact.body?.size ?? 0), 0);
  const first = sealed.slice(0, LISTED_IN_EVENT).map((artifact): JsonObject => {
    const { name, role, artifact_type, action, target, metadata_sha256, body } = artifact;
    return {
      name,
      role,
      artifact_type,
      action,
      ...(target === undefined ? {} : { target }),
      metadata_sha256,
      ...(body ? { body: { sha256: body.sha256, size: body.size } } : {}),
    };
  });
  return draft("artifacts.sealed", { count: sealed.length, bytes, list_sha256, first });
}
