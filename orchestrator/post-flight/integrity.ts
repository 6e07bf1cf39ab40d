/** The orchestrator's own judgement of a take-off: what was found must be what was planned. */
import { mostSevere } from "../../policies/index.ts";
import type { Decision, Evaluation, Finding, OutcomeDifference, TakeOffOutcome } from "../../schema/index.ts";

const SENTENCES: Readonly<Record<OutcomeDifference["kind"], string>> = {
  missing: "was planned and is not there",
  present: "should be gone and is still there",
  type: "is of another type than planned",
  content: "has other content than planned",
  mode: "has other permission bits than planned",
  link: "leads elsewhere than planned",
  unplanned: "changed during take-off, which nothing in the plan says",
  receipt: "is reported by the engine with another digest than was sealed",
  unmeasured: "could not be measured after take-off",
};

/**
 * Undefined when nothing differs. The bundled engine `exec` changes what its plan says and nothing else; other engines may keep
 * files of their own in a workspace, so what they change beyond their plan is a warning.
 */
export function judgeOutcome(
  { selection }: { readonly selection: string },
  outcome: TakeOffOutcome,
): Evaluation | undefined {
  const { differences, differences_total, planned, applied, measured } = outcome;
  if (differences_total === 0) return undefined;
  const findings = differences.map((difference) => findingOf(difference, selection === "exec"));
  // What is not listed may be the worst of all.
  const listed = findings.map((finding) => finding.decision).reduce<Decision>(mostSevere, "warn");
  const decision = differences_total > differences.length ? "deny" : listed;
  const [first] = findings;
  const others = differences_total > 1 ? ` (and ${differences_total - 1} more)` : "";
  return {
    source: "orchestrator",
    policy_id: "post-flight",
    decision,
    reason: `${first?.message ?? "what was found is not what was planned"}${others}`,
    findings,
    evidence: { planned, applied, measured, differences_total },
  };
}

function findingOf({ path, kind, planned, found }: OutcomeDifference, strict: boolean): Finding {
  const details = [planned && `planned ${planned}`, found && `found ${found}`].filter(Boolean).join(", ");
  return {
    decision: kind === "unplanned" && !strict ? "warn" : "deny",
    message: `${path} ${SENTENCES[kind]}${details === "" ? "" : ` (${details})`}`,
    rule: `outcome-${kind}`,
    severity: "critical",
    ...(kind === "receipt" ? { artifact: path } : { file: path }),
  };
}
