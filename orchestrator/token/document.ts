/** The plan-token (DESIGN section 4): `token = sha256(JCS(document))`. Times, run ids and paths of this machine stay outside. */
import { canonicalJson, sha256 } from "../../schema/index.ts";
import { type SealedArtifact, tokenEntries } from "../artifacts/index.ts";
import type { RunSpec } from "../ledger/event.ts";

export interface PlanDocument {
  readonly format: "cabincrew.plan/1";
  readonly workflow_digest: string;
  readonly step_id: string;
  readonly engine: { readonly id: string; readonly digest: string };
  readonly protocol_version: "draft";
  readonly input_digest: string;
  readonly workspace_hash: string;
  readonly governance_digest: string;
  readonly explanation_digest: string | null;
  /** Sorted by name in UTF-8 byte order. */
  readonly artifacts: ReturnType<typeof tokenEntries>;
}

/** What a token binds; every value is one that take-off can measure again. */
export interface PlanFacts {
  readonly spec: RunSpec;
  readonly engineDigest: string;
  readonly workspaceHash: string;
  readonly governanceDigest: string;
  readonly inputDigest: string;
  readonly artifacts: readonly SealedArtifact[];
}

export function planDocument(facts: PlanFacts): PlanDocument {
  // Keys in order, so that the canonical form can be written without sorting them.
  return {
    artifacts: tokenEntries(facts.artifacts),
    engine: { digest: facts.engineDigest, id: facts.spec.engine.id },
    explanation_digest: null,
    format: "cabincrew.plan/1",
    governance_digest: facts.governanceDigest,
    input_digest: facts.inputDigest,
    protocol_version: "draft",
    step_id: facts.spec.step_id,
    workflow_digest: facts.spec.workflow_digest,
    workspace_hash: facts.workspaceHash,
  };
}

/** The token and the very text it is the SHA-256 of; the text is kept in the store under the token's own name. */
export function planToken(document: PlanDocument): { readonly token: string; readonly text: string } {
  const text = canonicalJson(document);
  return { token: sha256(text), text };
}
