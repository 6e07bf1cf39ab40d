/**
 * Sets findings aside that a waiver speaks of. Only findings that name their rule, of judges that worked: a failure and what the
 * orchestrator itself denies stand whatever a waiver says. What a judge found stays recorded, with its first decision.
 */
import { mostSevere, severityOf } from "../../policies/index.ts";
import type { Decision, Evaluation, Finding, PreflightInput } from "../../schema/index.ts";
import { type Matcher, matcherOf } from "./scope.ts";
import type { Waiver, WaivingContext } from "./waiver.ts";

interface Ready {
  readonly waiver: Waiver;
  readonly matches: Matcher;
}

/** The evaluations after waiving, in the same order; those without a match are the same objects. */
export async function waive(
  evaluations: readonly Evaluation[],
  waivers: readonly Waiver[],
  context: WaivingContext,
): Promise<readonly Evaluation[]> {
  if (waivers.length === 0) return evaluations;
  const time = Date.parse(context.time);
  const ready = await Promise.all(
    waivers.map(async (waiver) => ({ waiver, matches: await matcherOf(waiver, context) })),
  );
  const holds = ready.filter(({ waiver }) => time < Date.parse(waiver.expires)).sort(mildestFirst);
  const expired = ready.filter(({ waiver }) => time >= Date.parse(waiver.expires));
  return evaluations.map((evaluation) =>
    evaluation.failure !== undefined || evaluation.source === "orchestrator"
      ? evaluation
      : waiveOne(evaluation, holds, expired),
  );
}

/** The same for a plan as it was judged: all that a scope asks for is in the input. */
export async function waivedFor(
  waivers: readonly Waiver[],
  { time, workflow, workspace, engine, artifacts }: PreflightInput,
  evaluations: readonly Evaluation[],
): Promise<readonly Evaluation[]> {
  const paths = new Map(artifacts.map(({ name, change, target }) => [name, change?.path ?? target]));
  const place = { time, workspace: workspace.path, workflow: workflow.id, engine: engine.id };
  return waive(evaluations, waivers, { ...place, pathOf: (artifact) => paths.get(artifact) });
}

function waiveOne(evaluation: Evaluation, holds: readonly Ready[], expired: readonly Ready[]): Evaluation {
  const { policy_id } = evaluation;
  const late = new Set<Waiver>();
  const findings = evaluation.findings.map((finding) => {
    const found = holds.find(({ waiver, matches }) => lowers(waiver, finding) && matches(policy_id, finding));
    if (found) return waived(finding, found.waiver);
    for (const { waiver, matches } of expired)
      if (lowers(waiver, finding) && matches(policy_id, finding)) late.add(waiver);
    return finding;
  });
  const used = findings.filter((finding) => finding.waived !== undefined).length;
  if (used === 0 && late.size === 0) return evaluation;
  return {
    ...evaluation,
    decision: decisionAfter(evaluation, findings),
    reason: used === 0 ? evaluation.reason : `${evaluation.reason} (${used} of ${findings.length} findings waived)`,
    findings,
    evidence: {
      ...evaluation.evidence,
      ...(used === 0 ? {} : { waived: used }),
      ...(late.size === 0 ? {} : { waivers_expired: [...late].map(({ id, expires }) => ({ id, expires })) }),
    },
  };
}

function waived(finding: Finding, { id, owner, reason, expires, to }: Waiver): Finding {
  return { ...finding, decision: to, waived: { id, owner, reason, expires, decision: finding.decision } };
}

/** A waiver never tightens, and what is only warned of needs none. */
function lowers({ to }: Waiver, { decision }: Finding): boolean {
  return severityOf(to) < severityOf(decision);
}

/**
 * A decision more severe than every finding is the judge's own word and stays. What was found and is not listed was not waived:
 * it counts as it did, and where that is not known nothing is lowered.
 */
function decisionAfter(before: Evaluation, findings: readonly Finding[]): Decision {
  const listed = before.findings.map((finding) => finding.decision).reduce<Decision>(mostSevere, "allow");
  if (severityOf(before.decision) > severityOf(listed)) return before.decision;
  const unlisted = unlistedDecision(before);
  return findings.map((finding) => finding.decision).reduce<Decision>(mostSevere, unlisted);
}

/** The most severe decision among the findings that the list leaves out. */
function unlistedDecision({ decision, evidence, findings }: Evaluation): Decision {
  const { findings: counts, findings_total: total } = evidence;
  if (typeof counts === "object" && counts !== null) {
    const left = (["deny", "require_approval", "warn"] as const).find(
      (word) => Number((counts as Record<string, unknown>)[word] ?? 0) > countOf(findings, word),
    );
    return left ?? "allow";
  }
  if (typeof total !== "number") return decision;
  // Lists are cut at their mild end.
  return total > findings.length ? (findings.at(-1)?.decision ?? decision) : "allow";
}

function countOf(findings: readonly Finding[], word: Decision): number {
  return findings.filter((finding) => finding.decision === word).length;
}

/** Of several that match, the one that lowers most, then the one that holds longest. */
function mildestFirst({ waiver: a }: Ready, { waiver: b }: Ready): number {
  return severityOf(a.to) - severityOf(b.to) || Date.parse(b.expires) - Date.parse(a.expires) || (a.id < b.id ? -1 : 1);
}
