import { type Decision, type Evaluation, type Finding, nameOfRule } from "../../schema/index.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";

/** A finding with the policy or model that made it. */
export interface SourcedFinding extends Finding {
  readonly source: Evaluation["source"];
  readonly policy_id: string;
}

/** All findings, most severe first. A judge that denied, warned or asked without naming a finding gets one made of its reason. */
export function findingsOf(evaluations: readonly Evaluation[]): SourcedFinding[] {
  const all = evaluations.flatMap((evaluation) => {
    const { source, policy_id, decision, reason } = evaluation;
    const own = evaluation.findings.map((finding) => ({ ...finding, source, policy_id }));
    if (own.length > 0 || decision === "allow") return own;
    const { failure } = evaluation;
    return [{ source, policy_id, decision, message: reason, ...(failure === undefined ? {} : { rule: failure }) }];
  });
  return all.sort((a, b) => RANK[b.decision] - RANK[a.decision]);
}

const RANK: Readonly<Record<Decision, number>> = { allow: 0, warn: 1, require_approval: 2, deny: 3 };

const WORDS: Readonly<Record<Decision, string>> = {
  allow: "allowed",
  warn: "allowed with warnings",
  require_approval: "needs approval",
  deny: "denied",
};

export function decisionWord(decision: Decision, ink: Ink): Shown {
  const colour = { allow: ink.green, warn: ink.yellow, require_approval: ink.magenta, deny: ink.red }[decision];
  return colour(WORDS[decision]);
}

const LABELS = { warn: "warn   ", require_approval: "approve", deny: "deny   " } as const;

/** Each finding with where, rule, reason, fix; at most `limit` of them, saying how many were left out. */
export function renderFindings(findings: readonly SourcedFinding[], ink: Ink, limit = 50): Shown {
  const shown = findings.slice(0, limit).map((finding) => renderFinding(finding, ink));
  const more = findings.length - shown.length;
  return lines(...shown, more > 0 && ink.dim(`… and ${more} more; --json lists all of them`));
}

/** The name a finding goes by in every format: that of its rule, else of its policy. */
export function ruleOf({ policy_id, rule }: SourcedFinding): string {
  return rule ? nameOfRule(policy_id, rule) : policy_id;
}

/** `file:line`, `file`, the artifact, or an empty string. */
export function placeOf(finding: Finding): string {
  const file = finding.file ?? finding.artifact ?? "";
  return file !== "" && finding.line !== undefined ? `${file}:${finding.line}` : file;
}

function renderFinding(finding: SourcedFinding, ink: Ink): Shown {
  const colour = { warn: ink.yellow, require_approval: ink.magenta, deny: ink.red }[finding.decision];
  const place = placeOf(finding);
  const score = finding.score === undefined ? "" : ` (score ${finding.score.toFixed(3)})`;
  return lines(
    safe`${colour(LABELS[finding.decision])} ${place === "" ? "" : safe`${ink.bold(place)}  `}${finding.message}${score}`,
    safe`        ${ink.dim(ruleOf(finding))}${finding.role ? ink.dim(`, approver role ${finding.role}`) : ""}`,
    finding.waived &&
      safe`        waived until ${finding.waived.expires} by ${finding.waived.id} (${finding.waived.owner}): ${finding.waived.reason}; else ${finding.waived.decision}`,
    finding.fix !== undefined && safe`        fix: ${finding.fix}`,
  );
}
