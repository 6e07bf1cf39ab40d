/**
 * EXECUTION_COMPLETE: what take-off came to is judged by the orchestrator itself and by the packs that ask for it. Nothing can be
 * undone here: an objection ends the run as failed, with its effects on record (spec/states.md).
 */
import { CabincrewError, type Evaluation, type PreflightInput, type ReasonCode } from "../../schema/index.ts";
import type { Flight, Stage } from "../drive/flight.ts";
import type { Governance } from "../governance/index.ts";
import { draft } from "../ledger/event.ts";
import { contentsOf } from "../preflight/contents.ts";
import { preflightInput } from "../preflight/input.ts";
import { EMPTY_REVIEW, readReview } from "../preflight/review.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import { assertGovernance } from "../verify/stage.ts";
import { waivedFor } from "../waivers/index.ts";
import { judgeOutcome } from "./integrity.ts";
import { lastLines } from "./last-lines.ts";

export const postFlight: Stage = async function* (flight, run) {
  if (run.state !== "EXECUTION_COMPLETE")
    throw new CabincrewError("internal", `A run cannot complete in ${run.state}.`);
  const { outcome } = run;
  const own = outcome && judgeOutcome(run.spec.engine, outcome);
  const others = await askedAgain(flight, run);
  for (const evaluation of own ? [own, ...others] : others) yield draft("post_flight.evaluated", { evaluation });
  if (own?.decision === "deny") throw objection("outcome_differs", [own]);
  // Nobody can approve what has happened already.
  const objecting = others.filter(({ decision }) => decision === "deny" || decision === "require_approval");
  if (objecting.length > 0) throw objection("postflight_denied", objecting);
  yield draft("run.completed", { summary: `${run.artifacts?.count ?? 0} artifacts took effect` });
};

/** The governance of those that ask to see what came of a take-off; undefined where there are none. */
export function postFlightJudges(governance: Governance): Governance | undefined {
  const policies = governance.policies.filter((pack) => pack.postFlight);
  const models = governance.models.filter((pack) => pack.postFlight);
  if (policies.length + models.length === 0) return undefined;
  return { ...governance, policies, models, digest: `${governance.digest} post-flight` };
}

async function askedAgain(flight: Flight, run: RunRecord): Promise<readonly Evaluation[]> {
  const asked = postFlightJudges(flight.governance);
  // A take-off whose outcome only a person or a reconciliation knows was not measured: there is nothing to show.
  if (!asked || !run.outcome || !run.artifacts) return [];
  assertGovernance(flight, run);
  const { crew } = flight;
  const artifacts = await readSealed(crew.content, run.artifacts.list_sha256);
  const review = run.review_sha256 ? await readReview(crew.content, run.review_sha256) : EMPTY_REVIEW;
  const planned = await preflightInput(run, artifacts, review, crew.content, run.created_at);
  const input: PreflightInput = {
    ...planned,
    mode: "post-flight",
    take_off: {
      receipt: { ...run.take_off_receipt } as PreflightInput["receipt"],
      exit_code: run.take_off?.exit_code ?? 0,
      log: await lastLines(crew.content, run.take_off?.log_sha256 ?? null),
    },
    outcome: run.outcome,
  };
  const evaluations = await crew.judges
    .start(asked, run.spec.sandbox)
    .judge(input, contentsOf(artifacts, undefined, crew.content));
  return waivedFor(asked.waivers, input, evaluations);
}

function objection(code: ReasonCode, evaluations: readonly Evaluation[]): CabincrewError {
  const reasons = evaluations.map(({ reason }) => reason.replace(/\.$/, "")).join("; ");
  return new CabincrewError(code, `The plan took effect, but ${reasons}.`);
}
