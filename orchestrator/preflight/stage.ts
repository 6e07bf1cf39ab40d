import { aggregate } from "../../policies/index.ts";
import { CabincrewError, type Evaluation } from "../../schema/index.ts";
import { requestApproval } from "../approval/request.ts";
import type { Stage } from "../drive/flight.ts";
import { draft } from "../ledger/event.ts";
import { readSealed } from "../seal/event.ts";
import { waivedFor, waiverNotes } from "../waivers/index.ts";
import { contentsOf } from "./contents.ts";
import { preflightInput } from "./input.ts";
import { EMPTY_REVIEW, readReview } from "./review.ts";

/** TOKEN_CREATED: every configured judge sees the plan; the most severe decision wins (DESIGN section 5). */
export const preflight: Stage = async function* (flight, run) {
  const { crew, governance } = flight;
  if (!run.artifacts) throw new CabincrewError("internal", "There is nothing sealed to be judged.");
  yield draft("preflight.started", {
    policies: governance.policies.map((pack) => pack.id),
    models: governance.models.map((pack) => pack.id),
  });
  const artifacts = await readSealed(crew.content, run.artifacts.list_sha256);
  const review = run.review_sha256 ? await readReview(crew.content, run.review_sha256) : EMPTY_REVIEW;
  // The recorded time, not the present one: a judgement repeated after a crash sees the same input.
  const input = await preflightInput(run, artifacts, review, crew.content, run.created_at);
  const contents = contentsOf(artifacts, run.spec.workspace, crew.content);
  const judged = await flight.judges().judge(input, contents);
  const evaluations = await waivedFor(governance.waivers, input, judged);
  for (const evaluation of evaluations) yield draft("policy.evaluated", { evaluation });
  const decision = aggregate(evaluations);
  const reasons = [...reasonsOf(evaluations, decision), ...waiverNotes(evaluations)];
  yield draft("preflight.completed", { decision, reasons });
  if (decision === "deny")
    throw new CabincrewError(
      "policy_denied",
      `The plan was denied: ${reasons.map((reason) => reason.replace(/\.$/, "")).join("; ")}.`,
    );
  if (decision === "require_approval") yield requestApproval(flight, run, rolesOf(evaluations), reasons);
};

/** The sentences behind a decision, in the order of the judges, each once. */
function reasonsOf(evaluations: readonly Evaluation[], decision: string): string[] {
  if (evaluations.length === 0) return ["no policy and no model is configured, so nothing vouches for the plan"];
  const deciding = evaluations.filter((evaluation) => evaluation.decision === decision);
  const sentences = deciding.flatMap((evaluation) => {
    const findings = evaluation.findings.filter((finding) => finding.decision === decision);
    return findings.length > 0 ? findings.map((finding) => finding.message) : [evaluation.reason];
  });
  const unique = [...new Set(sentences)];
  return unique.length > 20 ? [...unique.slice(0, 20), `and ${unique.length - 20} more`] : unique;
}

/** The roles that must approve; undefined stands for the default role, which a finding without a role asks for. */
function rolesOf(evaluations: readonly Evaluation[]): (string | undefined)[] {
  const asking = evaluations.filter((evaluation) => evaluation.decision === "require_approval");
  const roles = asking.flatMap((evaluation) => {
    const findings = evaluation.findings.filter((finding) => finding.decision === "require_approval");
    return findings.length > 0 ? findings.map((finding) => finding.role) : [undefined];
  });
  return [...new Set(roles)];
}
