/** An approval is for one plan of one run, once and in time. */
import { decideApproval } from "../../operations/decide.ts";
import { approve, type Planned, pendingPlan, readyToTakeOff, recordOf, votersOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { effects, endingOf, takeOff } from "../place.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY = "Do not rely on approvals in this version; report it.";

/** A ballot that the configuration would count, by the first person who may cast it. */
export async function ballotOf(
  scratch: Scratch,
  { place, runId }: Planned,
): Promise<{ keyFile?: string; role?: string }> {
  const run = await recordOf(place, runId);
  const [gate] = run.approval?.gates ?? [];
  assumeThat(gate !== undefined, "The plan asks for no approval");
  const [voter] = votersOf(scratch, run, gate.role);
  assumeThat(scratch.governance.authority === undefined || voter !== undefined, "Nobody may approve the plan");
  return voter ? { keyFile: voter.keyFile, role: gate.role } : {};
}

async function otherToken(scratch: Scratch): Promise<string> {
  const planned = await pendingPlan(scratch.place("other-token"), await scratch.reviewed());
  const { place, runId, token } = planned;
  const other = `${token.startsWith("0") ? "1" : "0"}${token.slice(1)}`;
  const ballot = await ballotOf(scratch, planned);
  const crew = await place.crew();
  const { code } = await endingOf(decideApproval(crew, { ref: other, run: runId, decision: "approve", ...ballot }));
  expectHeld(code !== null, "An approval for another plan-token was taken for this run.");
  const { state } = await recordOf(place, runId);
  expectHeld(state === "AWAITING_APPROVAL", `After an approval for another plan-token the run is ${state}.`);
  return `A vote for another plan-token: refused with ${code}, the run still waits.`;
}

async function usedTwice(scratch: Scratch): Promise<string> {
  const planned = await readyToTakeOff(scratch, scratch.place("used-twice"), await scratch.harmless());
  const { place, runId } = planned;
  const first = await takeOff(place, runId);
  expectHeld(first.exitCode === 0, `The plan should have taken off, but ended with ${first.code}.`);
  const again = await endingOf(decideApproval(await place.crew(), { ref: runId, decision: "approve" }));
  expectHeld(again.exitCode === 5, `A second approval of a used plan ended with exit code ${again.exitCode}.`);
  await takeOff(place, runId);
  expectHeld(effects(place) === 1, `A plan that was resumed twice took effect ${effects(place)} times.`);
  return `Taken off once; approved again: refused with ${again.code}; resumed again: still one effect.`;
}

async function expiredRequest(scratch: Scratch): Promise<string> {
  const planned = await pendingPlan(scratch.place("expired"), await scratch.reviewed());
  const { place, runId } = planned;
  const ballot = await ballotOf(scratch, planned);
  const expires = Date.parse((await recordOf(place, runId)).approval?.expires_at ?? "");
  await place.close();
  const later = await place.crew({ clock: () => expires + 1 });
  const { code } = await endingOf(decideApproval(later, { ref: runId, decision: "approve", ...ballot }));
  expectHeld(code === "approval_expired", `An approval after the end of the request ended with ${code ?? "success"}.`);
  const { exitCode } = await takeOff(place, runId);
  expectHeld(
    exitCode === 6 && effects(place) === 0,
    `After an expired request take-off ended with exit code ${exitCode}.`,
  );
  return "A vote one millisecond after the end of the request: refused with approval_expired, the run ended.";
}

async function otherRun(scratch: Scratch): Promise<string> {
  const place = scratch.place("other-run");
  const reviewed = await scratch.reviewed();
  const first = await pendingPlan(place, reviewed);
  const second = await pendingPlan(place, reviewed);
  await approve(scratch, first);
  const { exitCode } = await takeOff(place, second.runId);
  expectHeld(exitCode === 3 && effects(place) === 0, `A run nobody approved ended with exit code ${exitCode}.`);
  return "Of two runs with the same plan one was approved; the other still waits for its own approval.";
}

export const APPROVALS: readonly Attack[] = [
  {
    id: "approval-bound-to-plan",
    guarantee: "An approval holds for the plan-token it names and for no other",
    remedy: REMEDY,
    run: otherToken,
  },
  {
    id: "approval-bound-to-run",
    guarantee: "An approval holds for one run, even where two have the same plan",
    remedy: REMEDY,
    run: otherRun,
  },
  { id: "plan-used-once", guarantee: "An approved plan takes off once", remedy: REMEDY, run: usedTwice },
  {
    id: "approval-in-time",
    guarantee: "An approval after its request expired does not count",
    remedy: REMEDY,
    run: expiredRequest,
  },
];
