/** The plan of a run as its judges saw it, made again out of ledger and store by the code that made it the first time. */
import { CabincrewError, digestOf, type PreflightContents, type PreflightInput } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { contentsOf } from "../preflight/contents.ts";
import { preflightInput } from "../preflight/input.ts";
import { EMPTY_REVIEW, readReview } from "../preflight/review.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";

export interface RecordedPlan {
  readonly input: PreflightInput;
  /** Sealed texts; what only the workspace of that time held is unseen. */
  readonly contents: PreflightContents;
  readonly sha256: string;
  /** What the record says of it: `unchecked` where no judge recorded a digest. */
  readonly agrees: "same" | "differs" | "unchecked";
}

/** Throws state_conflict for a run that has no plan, ledger_corrupt where the store no longer holds what it was made of. */
export async function recordedPlan({ content }: Crew, run: RunRecord): Promise<RecordedPlan> {
  if (!run.artifacts || !run.token)
    throw new CabincrewError("state_conflict", `Run ${run.run_id} has no plan (${run.state}), so nothing was judged.`);
  const artifacts = await readSealed(content, run.artifacts.list_sha256);
  const review = run.review_sha256 ? await readReview(content, run.review_sha256) : EMPTY_REVIEW;
  const input = await preflightInput(run, artifacts, review, content, run.created_at);
  const sha256 = digestOf(input);
  const recorded = recordedDigests(run);
  const agrees = recorded.size === 0 ? "unchecked" : recorded.size === 1 && recorded.has(sha256) ? "same" : "differs";
  return { input, contents: contentsOf(artifacts, undefined, content), sha256, agrees };
}

/** Policies record the digest of the whole input; models that of the lines they were given. */
function recordedDigests(run: RunRecord): ReadonlySet<unknown> {
  const policies = run.evaluations.filter((evaluation) => evaluation.source === "opa");
  return new Set(policies.flatMap(({ evidence }) => evidence["input_sha256"] ?? []));
}
