import type { JsonObject } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { RunRecord } from "../runs/record.ts";

export const PLAN_TOKEN_VERSION = "1";
const NO_MODEL = "none";

/** The protocol's PlanToken; `createdAt` is when the token was recorded, which stays outside of what it hashes. */
export function planTokenDocument(
  run: RunRecord,
  artifacts: readonly SealedArtifact[],
  createdAt: string,
): JsonObject | null {
  if (run.token === null) return null;
  return {
    token: run.token,
    version: PLAN_TOKEN_VERSION,
    artifacts: artifacts.map(({ name, metadata_sha256, body }) => ({
      name,
      hash: body?.sha256 ?? metadata_sha256,
      ...(body ? { size: body.size } : {}),
    })),
    model: run.spec.engine.model ?? NO_MODEL,
    engine_id: run.spec.engine.id,
    protocol_version: "draft",
    workspace_hash: run.workspace_hash ?? "",
    created_at: createdAt,
    governance_hash: run.spec.governance_digest,
  };
}
