/** `policy explain`: which judge saw what of a plan, what its rules found in it, and which values were in force. */

import type { DataValue, RuleDescription } from "../../policies/index.ts";
import {
  type CabincrewError,
  type Decision,
  type Evaluation,
  type Finding,
  type JsonObject,
  type PreflightArtifact,
  type PreflightInput,
  toCabincrewError,
} from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { type Governance, type GovernedPolicy, loadGovernance } from "../governance/index.ts";
import { findRun } from "../operations/resolve-ref.ts";
import type { RunState } from "../states/states.ts";
import { type UsedWaiver, usedWaivers } from "../waivers/index.ts";
import { describedPolicy } from "./describe.ts";
import { governanceFor } from "./evaluate.ts";
import { type NearScores, nearScores } from "./near-scores.ts";
import { recordedPlan } from "./recorded-plan.ts";
import { type SeenArtifact, seenArtifact } from "./seen-artifact.ts";

export interface ExplainedFinding extends Finding {
  /** The part of the input behind it; absent where it names no artifact of the plan. */
  readonly seen?: SeenArtifact;
}

export interface ExplainedRule extends Partial<RuleDescription> {
  readonly rule: string;
  readonly matched: number;
  readonly waived: number;
}

export interface ExplainedJudge {
  readonly source: Evaluation["source"];
  readonly policy_id: string;
  readonly version?: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly failure?: string;
  /** What it was shown. `lines`: added lines of text, for a model those it scored. */
  readonly saw: {
    readonly view: string;
    readonly artifacts: number | null;
    readonly documents?: number;
    readonly lines: number | null;
    readonly input_sha256?: string;
  };
  /** Matched rules first. Rules that found nothing are listed only where the pack that judged is still at hand. */
  readonly rules: readonly ExplainedRule[];
  readonly findings: readonly ExplainedFinding[];
  /** Values of the data document that were in force; null where the pack that judged is no longer at hand. */
  readonly values: readonly DataValue[] | null;
  readonly scores?: NearScores;
  /** Waivers that would have matched and had expired. */
  readonly waivers_expired?: unknown;
}

export interface ExplainReport {
  readonly run_id: string;
  readonly state: RunState;
  /** The recorded time that judges and waivers went by. */
  readonly time: string;
  readonly decision: Decision | null;
  readonly governance_digest: string;
  /** Whether the governance found now is the one that judged. */
  readonly governance_same: boolean;
  readonly input: {
    readonly sha256: string | null;
    readonly agrees: "same" | "differs" | "unchecked" | "gone";
    /** Why it could not be made again. */
    readonly problem?: string;
    readonly summary: PreflightInput["summary"] | null;
  };
  readonly judges: readonly ExplainedJudge[];
  readonly waivers: readonly UsedWaiver[];
}

/** Throws not_found, ambiguous, or state_conflict for a run that was never planned. */
export async function explainRun(crew: Crew, ref: string): Promise<ExplainReport> {
  const run = await findRun(crew, ref);
  const plan = await recordedPlan(crew, run).catch((error: unknown): CabincrewError => {
    const known = toCabincrewError(error, "internal", `Making the plan of run ${run.run_id} again`);
    if (known.code === "state_conflict") throw known;
    return known;
  });
  const gone = plan instanceof Error;
  // Another input than the judges saw would explain nothing.
  const input = gone || plan.agrees === "differs" ? undefined : plan.input;
  const where = governanceFor(crew.options, run.spec, crew.now());
  const governance = await loadGovernance(where).catch(() => undefined);
  return {
    run_id: run.run_id,
    state: run.state,
    time: run.created_at,
    decision: run.decision,
    governance_digest: run.spec.governance_digest,
    governance_same: governance?.digest === run.spec.governance_digest,
    input: gone
      ? { sha256: null, agrees: "gone", problem: plan.message, summary: null }
      : { sha256: plan.sha256, agrees: plan.agrees, summary: plan.input.summary },
    judges: await Promise.all(run.evaluations.map((evaluation) => explained(evaluation, input, governance))),
    waivers: usedWaivers(run.evaluations),
  };
}

/** The document a run was judged by, to be kept or judged elsewhere. Throws as `recordedPlan` does. */
export async function preflightInputOf(crew: Crew, ref: string): Promise<PreflightInput> {
  return (await recordedPlan(crew, await findRun(crew, ref))).input;
}

async function explained(
  evaluation: Evaluation,
  input: PreflightInput | undefined,
  governance: Governance | undefined,
): Promise<ExplainedJudge> {
  const { source, policy_id, version, decision, reason, failure, findings, evidence } = evaluation;
  const pack = governance?.policies.find((each) => each.digest === evidence["pack_sha256"]);
  const described = pack && source === "opa" ? await describedPolicy(pack as GovernedPolicy) : undefined;
  const sameData = described?.data_sha256 === evidence["data_sha256"];
  const artifacts = new Map(input?.artifacts.map((artifact) => [artifact.name, artifact]));
  const scores = nearScores(evaluation);
  return {
    source,
    policy_id,
    ...(version === undefined ? {} : { version }),
    decision,
    reason,
    ...(failure === undefined ? {} : { failure }),
    saw: sawOf(evaluation, input),
    rules: rulesOf(findings, described?.rules ?? []),
    findings: findings.map((finding) => ({ ...finding, ...behind(finding, artifacts, input) })),
    values: described && sameData ? described.data : null,
    ...(scores ? { scores } : {}),
    ...(evidence["waivers_expired"] === undefined ? {} : { waivers_expired: evidence["waivers_expired"] }),
  };
}

function sawOf({ evidence }: Evaluation, input: PreflightInput | undefined): ExplainedJudge["saw"] {
  const view = evidence["view"] as JsonObject | undefined;
  const number = (value: unknown) => (typeof value === "number" ? value : undefined);
  const added = input?.artifacts.reduce((sum, { change }) => sum + (change?.added.length ?? 0), 0);
  const documents = number(evidence["documents"]);
  const sha256 = evidence["input_sha256"];
  return {
    view: typeof view?.["view"] === "string" ? view["view"] : evidence["lines_scored"] === undefined ? "plan" : "lines",
    artifacts: number(view?.["artifacts"]) ?? input?.artifacts.length ?? null,
    ...(documents === undefined ? {} : { documents }),
    lines: number(evidence["lines_scored"]) ?? added ?? null,
    ...(typeof sha256 === "string" ? { input_sha256: sha256 } : {}),
  };
}

function rulesOf(findings: readonly Finding[], known: readonly RuleDescription[]): ExplainedRule[] {
  const rules = new Map<string, ExplainedRule>(known.map((rule) => [rule.rule, { ...rule, matched: 0, waived: 0 }]));
  for (const { rule = "", waived } of findings) {
    const { matched, waived: before, ...rest } = rules.get(rule) ?? { rule, matched: 0, waived: 0 };
    rules.set(rule, { ...rest, matched: matched + 1, waived: before + (waived ? 1 : 0) });
  }
  return [...rules.values()].sort((a, b) => b.matched - a.matched || (a.rule < b.rule ? -1 : 1));
}

/** A finding names its artifact, or only a file: then the artifact that changes it. */
function behind(
  { artifact, file, line }: Finding,
  artifacts: ReadonlyMap<string, PreflightArtifact>,
  input: PreflightInput | undefined,
): { readonly seen?: SeenArtifact } {
  const found =
    (artifact === undefined ? undefined : artifacts.get(artifact)) ??
    (file === undefined ? undefined : input?.artifacts.find(({ change, target }) => (change?.path ?? target) === file));
  return found ? { seen: seenArtifact(found, line) } : {};
}
