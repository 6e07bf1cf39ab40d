/** Artifacts: collected, sealed, listed for the plan-token, made readable for take-off. */
export { collectAndSeal } from "./collect.ts";
export { materialiseArtifacts } from "./materialise.ts";
export { tokenEntries } from "./token-entries.ts";
export type { ArtifactLimits, ArtifactRole, SealedArtifact, TokenEntry } from "./types.ts";
