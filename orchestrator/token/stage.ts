import { CabincrewError, canonicalJson } from "../../schema/index.ts";
import type { Stage } from "../drive/flight.ts";
import { draft } from "../ledger/event.ts";
import { reviewOf, summarise } from "../preflight/review.ts";
import { readSealed } from "../seal/event.ts";
import { planDocument, planToken } from "./document.ts";

/** ARTIFACTS_VALIDATED: makes the plan-token, and the review of what the plan would change, from sealed bytes. */
export const createToken: Stage = async function* (flight, run) {
  if (!run.artifacts || !run.workspace_hash)
    throw new CabincrewError("internal", "A plan without sealed artifacts has no token.");
  const { content } = flight.crew;
  const artifacts = await readSealed(content, run.artifacts.list_sha256);
  const { token, text } = planToken(
    planDocument({
      spec: run.spec,
      engineDigest: run.spec.engine.digest,
      workspaceHash: run.workspace_hash,
      governanceDigest: run.spec.governance_digest,
      inputDigest: run.spec.input_digest,
      artifacts,
    }),
  );
  const review = await reviewOf(artifacts, run.spec.workspace, content);
  const texts = [text, ...(review.changes.length > 0 ? [canonicalJson(review)] : [])].map((each) => Buffer.from(each));
  const [stored, storedReview] = await content.putMany(texts);
  if (stored?.sha256 !== token)
    throw new CabincrewError("internal", "The plan document is not stored under its token.");
  yield draft("token.created", {
    token,
    workspace_hash: run.workspace_hash,
    changes: summarise(review.changes),
    review_sha256: storedReview?.sha256 ?? null,
  });
};
