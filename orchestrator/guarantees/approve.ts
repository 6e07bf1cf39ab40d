/** Plans that are ready to take off, approved by as many people of the authority file as the gates need. */
import { CabincrewError } from "../../schema/index.ts";
import { samePerson } from "../authority/index.ts";
import { decideApproval } from "../operations/decide.ts";
import type { RunRecord } from "../runs/record.ts";
import { assumeThat } from "./outcome.ts";
import { judgedPlan, type Place } from "./place.ts";
import type { ProbeConfig } from "./probe.ts";
import type { Scratch } from "./scratch.ts";
import type { ScratchPerson } from "./scratch-governance.ts";

export interface Planned {
  readonly place: Place;
  readonly runId: string;
  readonly token: string;
}

/** A plan of the place that only take-off is missing of. Throws NotApplicable where the user's judges do not let it pass. */
export async function readyToTakeOff(scratch: Scratch, place: Place, config: ProbeConfig): Promise<Planned> {
  const planned = await pendingPlan(place, config);
  await approve(scratch, planned);
  return planned;
}

/** A plan of the place that was judged and not denied. */
export async function pendingPlan(place: Place, config: ProbeConfig): Promise<Planned> {
  const { run_id: runId, plan_token: token, state, message } = await judgedPlan(place, config);
  const passed = state === "PREFLIGHT_COMPLETE" || state === "AWAITING_APPROVAL";
  assumeThat(
    passed && token !== null,
    `The plan that the attack needs ended as ${state}: ${message ?? "no reason given"}`,
  );
  return { place, runId, token: token ?? "" };
}

/** Approves where approval is asked for; people vote until the gates are satisfied. */
export async function approve(scratch: Scratch, { place, runId }: Planned): Promise<void> {
  const crew = await place.crew();
  let run = await recordOf(place, runId);
  for (const { role } of run.approval?.gates ?? []) {
    for (const voter of votersOf(scratch, run, role)) {
      if (run.state !== "AWAITING_APPROVAL") return;
      const keyed = voter ? { keyFile: voter.keyFile, role } : {};
      await decideApproval(crew, { ref: runId, decision: "approve", ...keyed }).catch(ignoreSuperfluous);
      run = await recordOf(place, runId);
    }
  }
  assumeThat(
    run.state !== "AWAITING_APPROVAL",
    "The people of the authority file could not satisfy the gates of the plan",
  );
}

/** Holders of a role who may approve this run; without an authority file one unproven person. */
export function votersOf(scratch: Scratch, run: RunRecord, role: string): readonly (ScratchPerson | undefined)[] {
  const { authority } = scratch.governance;
  if (!authority) return [undefined];
  const may = ({ id }: ScratchPerson) => !authority.separationOfDuties || !samePerson(id, run.requester.id);
  return scratch.people.filter((person) => person.roles.includes(role) && may(person));
}

export async function recordOf(place: Place, runId: string): Promise<RunRecord> {
  const run = await (await place.crew()).store.load(runId);
  if (!run) throw new Error(`The run ${runId} is not in its ledger.`);
  return run;
}

/** Enough have approved in that role, or the person already fills another gate. */
function ignoreSuperfluous(error: unknown): void {
  if (error instanceof CabincrewError && (error.code === "state_conflict" || error.code === "approval_invalid")) return;
  throw error;
}
