import { compareUtf8 } from "../../schema/index.ts";
import type { SealedArtifact, TokenEntry } from "./types.ts";

/** What the plan-token's document lists of the artifacts, sorted by name in UTF-8 byte order (DESIGN section 4). */
export function tokenEntries(sealed: readonly SealedArtifact[]): TokenEntry[] {
  return sealed
    .map(({ name, role, metadata_sha256, body }) => ({
      name,
      role,
      metadata_sha256,
      ...(body ? { body_sha256: body.sha256, body_size: body.size } : {}),
    }))
    .sort((a, b) => compareUtf8(a.name, b.name));
}
