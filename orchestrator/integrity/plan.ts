/** The plan behind a token: from the sealed list and the run's own record alone, as anybody can make it again. */
import { digestOf } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { RunRecord } from "../runs/record.ts";
import { type PlanDocument, planDocument, planToken } from "../token/document.ts";

/** The plan document and the token it gives. */
export function planOf(
  run: RunRecord,
  artifacts: readonly SealedArtifact[],
): { readonly document: PlanDocument; readonly token: string; readonly text: string } {
  const document = planDocument({
    spec: run.spec,
    engineDigest: run.spec.engine.digest,
    workspaceHash: run.workspace_hash ?? "",
    governanceDigest: run.spec.governance_digest,
    inputDigest: run.spec.input_digest,
    artifacts,
  });
  return { document, ...planToken(document) };
}

/** Artifacts whose recorded digest of their metadata is not that of their document, or of which the list says something else than it. */
export function misdescribed(artifacts: readonly SealedArtifact[]): readonly string[] {
  return artifacts
    .filter((artifact) => digestOf(artifact.document) !== artifact.metadata_sha256 || !saysTheSame(artifact))
    .map((artifact) => artifact.name);
}

/** What is shown of an artifact stands beside its document; the plan-token covers the document alone. */
function saysTheSame({ document, artifact_type, action, target, mime, body }: SealedArtifact): boolean {
  return (
    artifact_type === document.artifact_type &&
    action === document.action &&
    target === document.target &&
    mime === document.mime &&
    (body === undefined) === (document.body_file === undefined)
  );
}
