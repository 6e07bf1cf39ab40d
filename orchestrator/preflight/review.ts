import { CabincrewError } from "../../schema/index.ts";
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

/** Throws ledger_corrupt, also for content that is no review: a run that was imported without its contents may name any. */
export async function readReview(content: Pick<ContentSource, "read">, sha256: string): Promise<Review> {
  const bytes = await content.read(sha256, { maxBytes: REVIEW_BYTES });
  const review = reviewIn(bytes.toString());
  if (review) return review;
  throw new CabincrewError("ledger_corrupt", `What the run names as its review, content ${sha256}, is none.`);
}

function reviewIn(text: string): Review | undefined {
  try {
    const { changes } = JSON.parse(text) as Partial<Review>;
    const whole =
      Array.isArray(changes) && changes.every(({ diff }: Partial<ReviewedChange>) => typeof diff === "string");
    return whole ? { format: "cabincrew.review/1", changes } : undefined;
  } catch {
    return undefined;
  }
}

export function summarise(changes: readonly ReviewedChange[]): ChangeSummary {
  return {
    files: changes.length,
    insertions: changes.reduce((sum, { change }) => sum + change.insertions, 0),
    deletions: changes.reduce((sum, { change }) => sum + change.deletions, 0),
  };
}
