/**
 * Aggregation of evaluations (DESIGN section 5): the most severe decision wins, whatever the order. Total and fail
 * closed: no evaluation at all, an unknown word, or a failure that claims anything but deny is a deny.
 */
import { DECISIONS, type Decision, type Evaluation, isDecision } from "../schema/index.ts";

export interface Aggregate {
  readonly decision: Decision;
  /** The evaluations that decided, in the order given; empty when there was none at all. */
  readonly deciding: readonly Evaluation[];
  /** Every role any finding asks for, sorted, each once. */
  readonly roles: readonly string[];
  /** A sentence for people. */
  readonly reason: string;
}

/** deny > require_approval > warn > allow. */
export function aggregate(evaluations: readonly Evaluation[]): Aggregate {
  if (evaluations.length === 0)
    return { decision: "deny", deciding: [], roles: [], reason: "No policy and no model judged this plan." };
  const decision = evaluations.map(decisionOf).reduce(mostSevere);
  const deciding = evaluations.filter((evaluation) => decisionOf(evaluation) === decision);
  const findings = evaluations.flatMap((evaluation) => evaluation.findings);
  const roles = new Set(findings.flatMap(({ role }) => (role === undefined ? [] : [role])));
  return { decision, deciding, roles: [...roles].sort(), reason: reasonOf(decision, deciding, evaluations.length) };
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

function reasonOf(decision: Decision, deciding: readonly Evaluation[], count: number): string {
  if (decision === "allow") return `Nothing objected: ${count} evaluation${count === 1 ? "" : "s"}.`;
  return deciding.map(({ policy_id, reason }) => `${policy_id}: ${reason}`).join("; ");
}
