/** Who may approve, where an authority file says so. The people are the user's, their keys are made for the attack. */
import { draft } from "../../ledger/event.ts";
import { decideApproval } from "../../operations/decide.ts";
import { type Planned, pendingPlan, recordOf, votersOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld, NotApplicable } from "../outcome.ts";
import { effects, endingOf, type Place, takeOff } from "../place.ts";
import type { Scratch } from "../scratch.ts";
import { expectRefusal } from "./altered.ts";

const REMEDY = "Do not rely on the authority file in this version; report it.";
const BYSTANDER = "guarantee-bystander";

function assumeAuthority({ governance }: Scratch): void {
  assumeThat(governance.authority !== undefined, "No authority file is configured: who approves is not proven");
}

async function expectWaiting({ place, runId }: Planned, what: string): Promise<void> {
  const { state } = await recordOf(place, runId);
  expectHeld(state === "AWAITING_APPROVAL", `${what}, and the run is ${state}.`);
  await takeOff(place, runId);
  expectHeld(effects(place) === 0, `${what}, and the plan took off.`);
}

const roleOf = async ({ place, runId }: Planned) => (await recordOf(place, runId)).approval?.gates[0]?.role ?? "";

async function withoutRole(scratch: Scratch): Promise<string> {
  assumeAuthority(scratch);
  const bystander = { id: BYSTANDER, roles: [BYSTANDER], ...scratch.key(BYSTANDER) };
  const planned = await pendingPlan(scratch.place("without-role", { people: [bystander] }), await scratch.reviewed());
  const crew = await planned.place.crew();
  const codes: (string | null)[] = [];
  for (const role of [await roleOf(planned), BYSTANDER]) {
    const ballot = { ref: planned.runId, decision: "approve", keyFile: bystander.keyFile, role } as const;
    codes.push((await endingOf(decideApproval(crew, ballot))).code);
  }
  expectHeld(!codes.includes(null), "A person without the role approved the plan.");
  await expectWaiting(planned, "A person without the role voted");
  return `A listed person without the role voted, in that role and in their own: refused with ${codes[0]}.`;
}

async function requesterApproves(scratch: Scratch): Promise<string> {
  assumeAuthority(scratch);
  assumeThat(
    scratch.governance.authority?.separationOfDuties === true,
    "The authority file switches separation of duties off",
  );
  const reviewed = await scratch.reviewed();
  for (const [index, person] of scratch.people.entries()) {
    const place = scratch.place(`requester-${index}`, { principal: { id: person.id, proven: false } });
    const planned = await pendingPlan(place, reviewed).catch((error: unknown) => ignoreUnsatisfiable(error));
    if (!planned) continue;
    const role = await roleOf(planned);
    if (!person.roles.includes(role)) continue;
    const ballot = { ref: planned.runId, decision: "approve", keyFile: person.keyFile, role } as const;
    const { code } = await endingOf(decideApproval(await place.crew(), ballot));
    expectHeld(code !== null, "The person who asked for the run approved it.");
    await expectWaiting(planned, "The requester voted");
    return `A person who holds the role ${role} asked for a run and approved it: refused with ${code}.`;
  }
  throw new NotApplicable("Nobody who may approve could ask for a run: no gate could be satisfied without them");
}

/** Where too few hold a role, a run that one of them asks for is refused when it is opened. */
function ignoreUnsatisfiable(error: unknown): undefined {
  if (error instanceof NotApplicable || (error as { code?: string }).code === "authority_invalid") return undefined;
  throw error;
}

async function unsignedVote(scratch: Scratch): Promise<string> {
  assumeAuthority(scratch);
  const planned = await pendingPlan(scratch.place("unsigned"), await scratch.reviewed());
  const { place, runId } = planned;
  const crew = await place.crew();
  const { code } = await endingOf(decideApproval(crew, { ref: runId, decision: "approve" }));
  expectHeld(code !== null, "A vote without a signature was counted.");
  await expectWaiting(planned, "Somebody voted without a key");
  return writeUnsigned(scratch, place, planned);
}

/** What somebody could try who writes the ledger: a vote in the name of a person who may approve, without a signature. */
async function writeUnsigned(scratch: Scratch, place: Place, planned: Planned): Promise<string> {
  const crew = await place.crew();
  const run = await recordOf(place, planned.runId);
  const [gate] = run.approval?.gates ?? [];
  const [voter] = gate ? votersOf(scratch, run, gate.role) : [];
  assumeThat(run.approval !== null && gate !== undefined && voter !== undefined, "Nobody may approve the plan");
  const { approval_id, expires_at, nonce } = run.approval;
  const { id: approver } = voter;
  const payload = {
    format: "cabincrew.approval/1",
    approval_id,
    run_id: run.run_id,
    step_id: run.spec.step_id,
    plan_token: planned.token,
    decision: "approve",
    approver,
    role: gate.role,
    expires_at,
    nonce,
  };
  const unsigned = { approval_id, decision: "approve", role: gate.role, comment: null, payload } as const;
  const vote = { ...unsigned, approver: { id: approver, proven: true }, signature: null, key_id: null };
  const votes = Array.from({ length: gate.count }, () => draft("approval.recorded", { vote }));
  const events = [...votes, draft("approval.granted", { approval_id })];
  const at = new Date(crew.now()).toISOString();
  const written = crew.store.append({ runId: run.run_id, expectedVersion: run.version, events, at });
  const { code } = await endingOf(written);
  if (code !== null) return `A vote without a signature, also written into the ledger: refused with ${code}.`;
  return expectRefusal(planned, "A vote without a signature was written into the ledger");
}

async function strangersKey(scratch: Scratch): Promise<string> {
  assumeAuthority(scratch);
  const planned = await pendingPlan(scratch.place("stranger"), await scratch.reviewed());
  const { keyFile } = scratch.key("stranger");
  const role = await roleOf(planned);
  const ballot = { ref: planned.runId, decision: "approve", keyFile, role } as const;
  const { code } = await endingOf(decideApproval(await planned.place.crew(), ballot));
  expectHeld(code !== null, "A vote by a key that is nobody's was counted.");
  await expectWaiting(planned, "A stranger voted");
  return `A vote by a key that is in no authority file: refused with ${code}.`;
}

export const PEOPLE: readonly Attack[] = [
  {
    id: "approver-holds-role",
    guarantee: "Only who holds the role that a plan asks for approves it",
    remedy: REMEDY,
    run: withoutRole,
  },
  {
    id: "requester-does-not-approve",
    guarantee: "With separation of duties nobody approves a run they asked for",
    remedy: REMEDY,
    run: requesterApproves,
  },
  {
    id: "vote-is-signed",
    guarantee: "With an authority file a vote without a signature does not count",
    remedy: REMEDY,
    run: unsignedVote,
  },
  {
    id: "key-is-listed",
    guarantee: "With an authority file a vote by a key that it does not list does not count",
    remedy: REMEDY,
    run: strangersKey,
  },
];
