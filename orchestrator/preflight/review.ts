import type { ChangeSummary } from "../api.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import type { ContentSource, ContentStore } from "../content/index.ts";
import { type ReviewedChange, reviewChange } from "./file-change.ts";

/** What a plan changes in the workspace, as it is judged and as it is shown: one document, stored by its digest. */
export interface Review {
  readonly format: "cabincrew.review/1";
  readonly changes: readonly ReviewedChange[];
}

export const EMPTY_REVIEW: Review = { format: "cabincrew.review/1", changes: [] };
const REVIEW_BYTES = 2 * 1024 ** 3;

export async function reviewOf(
  artifacts: readonly SealedArtifact[],
  workspace: string,
  content: ContentStore,
): Promise<Review> {
  const changes: ReviewedChange[] = [];
  for (const artifact of artifacts) {
    const change = await reviewChange(artifact, workspace, content);
    if (change) changes.push(change);
  }
  return { format: "cabincrew.review/1", changes };
}

export async function readReview(content: Pick<ContentSource, "read">, sha256: string): Promise<Review> {
  return JSON.parse((await content.read(sha256, { maxBytes: REVIEW_BYTES })).toString()) as Review;
}

export function summarise(changes: readonly ReviewedChange[]): ChangeSummary {
  return {
    files: changes.length,
    insertions: changes.reduce((sum, { change }) => sum + change.insertions, 0),
    deletions: changes.reduce((sum, { change }) => sum + change.deletions, 0),
  };
}
