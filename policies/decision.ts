/**
 * Aggregation of evaluations (DESIGN section 5): the most severe decision wins, whatever the order. Total and fail
 * closed: no evaluation at all, an unknown word, or a failure that claims anything but deny is a deny.
 */
import { DECISIONS, type Decision, type Evaluation, isDecision } from "../schema/index.ts";

/** deny > require_approval > warn > allow. */
export function aggregate(evaluations: readonly Evaluation[]): Decision {
  return evaluations.length === 0 ? "deny" : evaluations.map(decisionOf).reduce(mostSevere);
}

/** The more severe of two decisions. */
export function mostSevere(a: Decision, b: Decision): Decision {
  return severityOf(a) >= severityOf(b) ? a : b;
}

/** 0 for allow up to 3 for deny. */
export function severityOf(decision: Decision): number {
  return DECISIONS.indexOf(decision);
}

/** What an evaluation counts as: its findings may only tighten what it says of itself. */
function decisionOf({ decision, failure, findings }: Evaluation): Decision {
  if (failure !== undefined || !isDecision(decision)) return "deny";
  return findings
    .map((finding) => (isDecision(finding.decision) ? finding.decision : "deny"))
    .reduce(mostSevere, decision);
}
