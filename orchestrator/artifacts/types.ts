import type { ArtifactDocument, ReceiptArtifact } from "../../schema/index.ts";

export type ArtifactRole = ReceiptArtifact["role"];

/** How much one launch may produce: number of artifacts, and bytes of everything in the artifacts directory. */
export interface ArtifactLimits {
  readonly artifacts: number;
  readonly bytes: number;
}

/**
 * One artifact as it lies in the content store from now on. `metadata_sha256` names the canonical JSON (RFC 8785) of `document`;
 * `body` the bytes of the file the document calls `body_file`, absent where it names none.
 */
export interface SealedArtifact {
  readonly name: string;
  readonly role: ArtifactRole;
  readonly artifact_type: string;
  readonly action: string;
  readonly target?: string;
  readonly mime: string;
  readonly document: ArtifactDocument;
  readonly metadata_sha256: string;
  readonly body?: { readonly sha256: string; readonly size: number };
}

/** What the plan-token covers of one artifact (DESIGN section 4). */
export interface TokenEntry {
  readonly name: string;
  readonly role: ArtifactRole;
  readonly metadata_sha256: string;
  readonly body_sha256?: string;
  readonly body_size?: number;
}
