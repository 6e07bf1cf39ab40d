/**
 * `policy replay`: what changed judges would have decided about plans that were recorded. A run whose plan cannot be made again
 * as it was is reported with why; none is passed over in silence, and nothing is recorded.
 */
import { aggregate } from "../../policies/index.ts";
import { CabincrewError, type Decision, type Evaluation, nameOfRule, toCabincrewError } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { titleOf } from "../operations/report.ts";
import type { RunRecord } from "../runs/record.ts";
import { type OtherJudges, onePack, wholeGovernance } from "./other-judges.ts";
import { recordedPlan } from "./recorded-plan.ts";
import { sinceTime } from "./since.ts";

const PAGE = 100;

export interface ReplayJudgementsOptions {
  /** A time, a duration back from now, or a run (spec of `sinceTime`). */
  readonly since: string;
  /** Another governance directory; absent: the one in force. */
  readonly governanceDir?: string;
  /** One changed policy or model pack instead. */
  readonly packDir?: string;
}

export interface ReplayedRun {
  readonly run_id: string;
  readonly created_at: string;
  readonly title: string;
  readonly was: Decision;
  /** Null where it could not be judged again. */
  readonly would_be: Decision | null;
  readonly different: boolean;
  /** `policy/rule: decision` of what only one of the two judgements found. */
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
  /** Why it could not be judged again. */
  readonly unavailable?: string;
}

export interface ReplayJudgementsReport {
  /** RFC 3339. */
  readonly since: string;
  /** Oldest first: every run that was judged since then. */
  readonly runs: readonly ReplayedRun[];
  readonly judged: number;
  /** Runs that would be decided differently. */
  readonly different: number;
  readonly unavailable: number;
  /** Runs of the span that ended before a plan was judged. */
  readonly never_judged: number;
}

/** Throws usage, not_found, governance_invalid. */
export async function replayJudgements(crew: Crew, options: ReplayJudgementsOptions): Promise<ReplayJudgementsReport> {
  const { since, governanceDir, packDir } = options;
  if (governanceDir !== undefined && packDir !== undefined)
    throw new CabincrewError("usage", "A replay takes another governance or one changed pack, not both.");
  const from = await sinceTime(crew, since);
  const judges = packDir === undefined ? wholeGovernance(crew, governanceDir) : await onePack(crew, packDir);
  const runs: ReplayedRun[] = [];
  let never_judged = 0;
  for await (const run of runsSince(crew, from)) {
    if (run.decision === null) never_judged += 1;
    else runs.push(await judgedAgain(crew, run, run.decision, judges));
  }
  const unavailable = runs.filter((run) => run.would_be === null).length;
  return {
    since: new Date(from).toISOString(),
    runs: runs.reverse(),
    judged: runs.length - unavailable,
    different: runs.filter((run) => run.different).length,
    unavailable,
    never_judged,
  };
}

/** Newest first. Ids follow the clock, so the first run that is older ends the walk. */
async function* runsSince(crew: Crew, from: number): AsyncGenerator<RunRecord> {
  for (let before: string | undefined; ; ) {
    const page = await crew.store.list({ limit: PAGE, ...(before === undefined ? {} : { before }) });
    for (const run of page) {
      if (Date.parse(run.created_at) < from) return;
      yield run;
    }
    if (page.length < PAGE) return;
    before = page.at(-1)?.run_id;
  }
}

async function judgedAgain(crew: Crew, run: RunRecord, was: Decision, judges: OtherJudges): Promise<ReplayedRun> {
  const head = { run_id: run.run_id, created_at: run.created_at, title: titleOf(run), was };
  try {
    const { input, contents, agrees } = await recordedPlan(crew, run);
    if (agrees === "differs")
      throw new CabincrewError("ledger_corrupt", "The plan made again is not the one that was judged.");
    const evaluations = await judges.judge(run, input, contents);
    const would_be = aggregate(evaluations);
    const [then, now] = [namesOf(run.evaluations), namesOf(evaluations)];
    const appeared = [...now].filter((name) => !then.has(name)).sort();
    const gone = [...then].filter((name) => !now.has(name)).sort();
    return { ...head, would_be, different: would_be !== was, appeared, gone };
  } catch (error) {
    const { code, message } = toCabincrewError(error, "internal", `Judging run ${run.run_id} again`);
    // What concerns every run is no fact about this one.
    if (code !== "ledger_corrupt" && code !== "engine_limit") throw error;
    return { ...head, would_be: null, different: false, appeared: [], gone: [], unavailable: message };
  }
}

/** What was found, by rule and decision; of a judge that decided without naming a finding its own decision. */
function namesOf(evaluations: readonly Evaluation[]): ReadonlySet<string> {
  return new Set(
    evaluations.flatMap(({ policy_id, decision, findings, failure }) => {
      if (findings.length === 0)
        return decision === "allow" ? [] : [`${policy_id}${failure ? `/${failure}` : ""}: ${decision}`];
      return findings.map(
        (finding) => `${finding.rule ? nameOfRule(policy_id, finding.rule) : policy_id}: ${finding.decision}`,
      );
    }),
  );
}
