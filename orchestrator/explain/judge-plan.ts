/** Judges a plan outside of a run: with the same judges, waivers and aggregation, and without recording anything. */
import { existsSync } from "node:fs";
import { aggregate } from "../../policies/index.ts";
import {
  type Decision,
  type Evaluation,
  EXIT,
  type ExitCode,
  type PreflightContents,
  type PreflightInput,
} from "../../schema/index.ts";
import type { Governance } from "../governance/index.ts";
import type { JudgePool } from "../preflight/judges.ts";
import { waivedFor } from "../waivers/index.ts";

export interface JudgedPlan {
  readonly decision: Decision;
  readonly evaluations: readonly Evaluation[];
}

export async function judgePlan(
  pool: JudgePool,
  governance: Governance,
  input: PreflightInput,
  contents?: PreflightContents,
): Promise<JudgedPlan> {
  const judged = await pool.start(governance, "auto").judge(input, contents);
  const evaluations = await waivedFor(governance.waivers, input, judged);
  return { decision: aggregate(evaluations), evaluations };
}

/** The workspace where it is still there; what it brings judges as well. */
export function workspaceLeft(directory: string): { readonly workspace?: string } {
  return existsSync(directory) ? { workspace: directory } : {};
}

/** 0 for allow and warn, 3 where people would be asked, 4 for a deny. */
export function exitOfDecision(decision: Decision): ExitCode {
  if (decision === "deny") return EXIT.denied;
  return decision === "require_approval" ? EXIT.waiting : EXIT.ok;
}
