/** `policy eval`: what the governance in force would decide about a plan. Nothing is run and nothing is recorded. */
import { realpathSync } from "node:fs";
import path from "node:path";
import {
  CabincrewError,
  type Decision,
  digestOf,
  type Evaluation,
  type ExitCode,
  errnoOf,
  toCabincrewError,
} from "../../schema/index.ts";
import type { Crew, CrewOptions } from "../crew.ts";
import { type GovernanceOptions, loadGovernance } from "../governance/index.ts";
import type { RunSpec } from "../ledger/event.ts";
import { findRun } from "../operations/resolve-ref.ts";
import { JudgePool } from "../preflight/judges.ts";
import { exitOfDecision, type JudgedPlan, judgePlan, workspaceLeft } from "./judge-plan.ts";
import { planOfDocument } from "./plan-of-document.ts";
import { planOfDirectory } from "./plan-of-files.ts";
import { recordedPlan } from "./recorded-plan.ts";

/** What was judged: a recorded run, a directory's files as if created, or a preflight document. */
export type PlanSource = { readonly run: string } | { readonly directory: string } | { readonly document: string };

export interface EvaluationReport {
  readonly plan: PlanSource;
  readonly governance_digest: string;
  /** SHA-256 of the canonical preflight document. */
  readonly input_sha256: string;
  readonly decision: Decision;
  readonly evaluations: readonly Evaluation[];
  /** Of a recorded run: what was decided then, and whether the input is the one that was judged. */
  readonly recorded?: { readonly decision: Decision | null; readonly input: "same" | "differs" | "unchecked" };
  readonly exit_code: ExitCode;
}

/** Judges a recorded run's plan again. Throws not_found, state_conflict, ledger_corrupt, governance_invalid. */
export async function evaluateRun(crew: Crew, ref: string): Promise<EvaluationReport> {
  const run = await findRun(crew, ref);
  const { input, contents, sha256, agrees } = await recordedPlan(crew, run);
  const governance = await loadGovernance(governanceFor(crew.options, run.spec, crew.now()));
  const judged = await judgePlan(crew.judges, governance, input, contents);
  const recorded = { decision: run.decision, input: agrees };
  return { ...reportOf({ run: run.run_id }, governance.digest, sha256, judged), recorded };
}

export type EvaluateOptions = Pick<CrewOptions, "configDir" | "governanceDir" | "stateDir" | "principal">;

/** Judges a directory or a document; needs no ledger. Throws workspace_invalid, config_invalid, governance_invalid. */
export async function evaluateFiles(
  options: EvaluateOptions,
  source: Exclude<PlanSource, { readonly run: string }>,
): Promise<EvaluationReport> {
  const now = Date.now();
  const { input, contents } =
    "document" in source
      ? { input: planOfDocument(source.document), contents: undefined }
      : planOfDirectory(realDirectory(source.directory), new Date(now).toISOString(), options.principal);
  const governance = await loadGovernance(governanceFor(options, { workspace: input.workspace.path }, now));
  const pool = new JudgePool(options.stateDir);
  try {
    const judged = await judgePlan(pool, governance, input, contents);
    return reportOf(source, governance.digest, digestOf(input), judged);
  } finally {
    await pool.close();
  }
}

/** Of the directory named now, else of the one the run was opened with, else the default; the workspace's where it is left. */
export function governanceFor(
  options: Pick<CrewOptions, "configDir" | "governanceDir">,
  { workspace, governance_dir }: Pick<RunSpec, "workspace" | "governance_dir">,
  now: number,
): GovernanceOptions {
  const { configDir } = options;
  const governanceDir = options.governanceDir ?? governance_dir;
  return { configDir, now, ...workspaceLeft(workspace), ...(governanceDir === undefined ? {} : { governanceDir }) };
}

function reportOf(
  plan: PlanSource,
  governance_digest: string,
  input_sha256: string,
  judged: JudgedPlan,
): EvaluationReport {
  return { plan, governance_digest, input_sha256, ...judged, exit_code: exitOfDecision(judged.decision) };
}

function realDirectory(directory: string): string {
  try {
    return realpathSync(path.resolve(directory));
  } catch (error) {
    if (errnoOf(error) === "ENOENT")
      throw new CabincrewError("workspace_invalid", `${directory} does not exist.`, { cause: error });
    throw toCabincrewError(error, "workspace_invalid", `Reading ${directory}`);
  }
}
