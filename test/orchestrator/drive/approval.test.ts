import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Crew,
  decideApproval,
  generateApproverKey,
  listApprovals,
  resolveRun,
  resumeRun,
  showRun,
  startRun,
  writeKey,
} from "../../../orchestrator/index.ts";
import { draft } from "../../../orchestrator/ledger/event.ts";
import { crewOf, effects, failedWith, govern, newPlace, type Place, refusal, request } from "./crew-fixture.ts";
import { drive } from "./driver.ts";

const HOUR_MS = 3_600_000;

interface Person {
  readonly id: string;
  readonly roles: readonly string[];
}

/** A place under an authority file in which everybody is their own key file. */
function governedPlace(people: readonly Person[], rules: Record<string, unknown> = {}) {
  const place = newPlace();
  const governanceDir = govern(place, "decided", { authority: "authority.json" });
  const keys = path.join(place.root, "keys");
  const members = people.map(({ id, roles }) => {
    const key = generateApproverKey();
    writeKey(keys, id, key);
    return { id, roles, keys: [key.publicText] };
  });
  const write = (changed: readonly (typeof members)[number][], more: Record<string, unknown> = {}) =>
    writeFileSync(
      path.join(governanceDir, "authority.json"),
      JSON.stringify({ version: 1, people: changed, default_role: "reviewer", ...rules, ...more }),
    );
  write(members);
  const keyOf = (id: string) => path.join(keys, `${id}.pem`);
  return { place, governanceDir, members, write, keyOf };
}

const reviewers = (...ids: readonly string[]): Person[] => ids.map((id) => ({ id, roles: ["reviewer"] }));

async function pending(crew: Crew, place: Place, config: Record<string, string> = {}) {
  const report = await startRun(crew, request(place, "engine", { counter: place.counter, ...config }));
  expect(report).toMatchObject({ state: "AWAITING_APPROVAL", reason: "awaiting_approval", exit_code: 3 });
  expect(report.next).toContain("approve");
  return { run: report.run_id, ref: report.plan_token ?? "", report };
}

describe("an approval under an authority file", () => {
  it("is asked from the role, signed by its holder, and lets the plan take off", async () => {
    const { place, governanceDir, keyOf } = governedPlace(reviewers("grace", "linus"));
    const crew = await crewOf(place, { governanceDir });
    const { run, ref, report } = await pending(crew, place);
    expect(report.approval).toMatchObject({ required_role: "reviewer", needed: 1, approved_by: [] });
    const decided = await decideApproval(crew, { ref, decision: "approve", keyFile: keyOf("grace"), comment: "good" });
    expect(decided).toMatchObject({ state: "APPROVED", approver: { id: "grace", proven: true }, missing: [] });
    expect(await resumeRun(crew, run)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect((await showRun(crew, run)).approvals).toMatchObject([{ decision: "approve", comment: "good" }]);
  });

  it("is refused from somebody without the role, from a stranger's key and without a key; the request stays open", async () => {
    const { place, governanceDir, keyOf } = governedPlace([...reviewers("grace"), { id: "eve", roles: ["guest"] }]);
    const crew = await crewOf(place, { governanceDir });
    const { ref } = await pending(crew, place);
    writeKey(path.join(place.root, "keys"), "stranger", generateApproverKey());
    const approve = (keyFile?: string, role?: string) =>
      decideApproval(crew, { ref, decision: "approve", ...(keyFile ? { keyFile } : {}), ...(role ? { role } : {}) });
    await refusal("approval_invalid", approve(keyOf("eve")));
    await refusal("approval_invalid", approve(keyOf("eve"), "reviewer"));
    await refusal("approval_invalid", approve(keyOf("stranger")));
    await refusal("key_invalid", approve());
    await refusal("key_invalid", approve(path.join(place.root, "no-such.pem")));
    expect((await listApprovals(crew)).map((request) => request.approved_by)).toEqual([[]]);
    expect(await approve(keyOf("grace"))).toMatchObject({ state: "APPROVED" });
  });

  it("is refused from whoever asked for the run, where duties are separated", async () => {
    const { place, governanceDir, keyOf } = governedPlace(reviewers("ada", "grace"));
    const crew = await crewOf(place, { governanceDir, user: "ada" });
    const { ref } = await pending(crew, place);
    await refusal("approval_invalid", decideApproval(crew, { ref, decision: "approve", keyFile: keyOf("ada") }));
    const rejected = await decideApproval(crew, { ref, decision: "reject", keyFile: keyOf("ada") });
    expect(rejected.state).toBe("FAILED");
  });

  it("needs as many different people as the gate says", async () => {
    const { place, governanceDir, keyOf } = governedPlace(reviewers("grace", "linus", "rosa"), {
      gates: { reviewer: { count: 2 } },
    });
    const crew = await crewOf(place, { governanceDir });
    const { run, ref } = await pending(crew, place);
    const approve = (who: string) => decideApproval(crew, { ref, decision: "approve", keyFile: keyOf(who) });
    const first = await approve("grace");
    expect(first).toMatchObject({ state: "AWAITING_APPROVAL", missing: [{ role: "reviewer", needed: 2, have: 1 }] });
    await refusal("approval_invalid", approve("grace"));
    expect(await resumeRun(crew, run)).toMatchObject({ state: "AWAITING_APPROVAL", exit_code: 3 });
    expect(effects(place)).toBe(0);
    expect(await approve("rosa")).toMatchObject({ state: "APPROVED", missing: [] });
    await refusal("approval_invalid", approve("linus"));
    expect(await resumeRun(crew, run)).toMatchObject({ state: "COMPLETED" });
  });

  it("is for one run: copied into another run's ledger it is worth nothing", async () => {
    const { place, governanceDir, keyOf } = governedPlace(reviewers("grace"));
    const crew = await crewOf(place, { governanceDir });
    const one = await pending(crew, place);
    const two = await pending(crew, place);
    await decideApproval(crew, { ref: one.run, decision: "approve", keyFile: keyOf("grace") });
    const vote = (await crew.store.load(one.run))?.approval?.votes[0];
    const target = await crew.store.load(two.run);
    if (!vote || !target?.approval) throw new Error("both requests exist");
    const { at: _, ...copied } = vote;
    const { approval_id } = target.approval;
    const events = [draft("approval.recorded", { vote: copied }), draft("approval.granted", { approval_id })];
    const at = new Date(crew.now()).toISOString();
    await crew.store.append({ runId: two.run, expectedVersion: target.version, events, at });
    failedWith("approval_invalid", await resumeRun(crew, two.run));
    expect(effects(place)).toBe(0);
  });

  it("ends with the key that gave it: removed from the authority file, it is refused at take-off", async () => {
    const { place, governanceDir, members, write, keyOf } = governedPlace(reviewers("grace", "linus"));
    const crew = await crewOf(place, { governanceDir });
    const { run, ref } = await pending(crew, place);
    await decideApproval(crew, { ref, decision: "approve", keyFile: keyOf("grace") });
    write(members.filter((person) => person.id !== "grace"));
    failedWith("governance_changed", await resumeRun(crew, run));
    expect(effects(place)).toBe(0);
  });

  it("does not outlive a change of its rules", async () => {
    const { place, governanceDir, members, write, keyOf } = governedPlace(reviewers("grace", "linus"));
    const crew = await crewOf(place, { governanceDir });
    const { run, ref } = await pending(crew, place);
    await decideApproval(crew, { ref, decision: "approve", keyFile: keyOf("grace") });
    write(members, { gates: { reviewer: { count: 2 } } });
    failedWith("governance_changed", await resumeRun(crew, run));
  });

  it("is not waited for when nobody could give it", async () => {
    const { place, governanceDir } = governedPlace(reviewers("ada"));
    const crew = await crewOf(place, { governanceDir, user: "ada" });
    await refusal("authority_invalid", startRun(crew, request(place, "engine", { counter: place.counter })));
    const missing = governedPlace([{ id: "eve", roles: ["guest"] }]);
    const other = await crewOf(missing.place, { governanceDir: missing.governanceDir });
    await refusal("authority_invalid", startRun(other, request(missing.place, "engine", {})));
    expect(await crew.store.open()).toEqual([]);
  });

  it("is not replaced by a word about a take-off: resolving needs the role as well", async () => {
    const { place, governanceDir, keyOf } = governedPlace([...reviewers("grace"), { id: "eve", roles: ["guest"] }]);
    const crew = await crewOf(place, { governanceDir });
    const { run, ref } = await pending(crew, place);
    await decideApproval(crew, { ref, decision: "approve", keyFile: keyOf("grace") });
    await drive(place, { call: "resumeRun", argument: run, die: { state: "TAKEOFF_RUNNING" }, governanceDir });
    expect(await resumeRun(crew, run)).toMatchObject({ state: "TAKEOFF_UNKNOWN" });
    const resolve = (who?: string) =>
      resolveRun(crew, run, { outcome: "applied", ...(who ? { keyFile: keyOf(who) } : {}) });
    await refusal("approval_invalid", resolve("eve"));
    await refusal("key_invalid", resolve());
    // Also once the workspace is gone: by the same authority.
    rmSync(place.workspace, { recursive: true });
    await refusal("approval_invalid", resolve("eve"));
    expect(await resolve("grace")).toMatchObject({ state: "COMPLETED" });
    expect((await showRun(crew, run)).approvals.map((each) => each.decision)).toEqual(["approve", "resolve-applied"]);
  });
});

describe("an approval without an authority file", () => {
  const open = async (options: Parameters<typeof crewOf>[1] = {}) => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "decided"), ...options });
    return { place, crew };
  };

  it("is recorded as not proven, in the one role there is", async () => {
    const { place, crew } = await open();
    const { ref } = await pending(crew, place);
    await refusal("approval_invalid", decideApproval(crew, { ref, decision: "approve", role: "security" }));
    const decided = await decideApproval(crew, { ref, decision: "approve" });
    expect(decided.approver).toEqual({ id: "ada", proven: false });
  });

  it("that is refused ends the run with exit 6, for good", async () => {
    const { place, crew } = await open();
    const { run, ref } = await pending(crew, place);
    const rejected = await decideApproval(crew, { ref, decision: "reject", comment: "too large" });
    expect([rejected.state, rejected.exit_code]).toEqual(["FAILED", 0]);
    expect(failedWith("approval_rejected", await resumeRun(crew, run)).message).toContain("too large");
    await refusal("approval_invalid", decideApproval(crew, { ref, decision: "approve" }));
    expect(effects(place)).toBe(0);
  });

  it("that comes too late is refused and ends the run", async () => {
    let now = Date.now();
    const { place, crew } = await open({ clock: () => now });
    const { run, ref } = await pending(crew, place);
    now += 25 * HOUR_MS;
    await refusal("approval_expired", decideApproval(crew, { ref, decision: "approve" }));
    failedWith("approval_expired", await resumeRun(crew, run));
  });

  it("that comes too late is refused on a clock that was set back, given or used: the ledger knows better (AUTH-19)", async () => {
    let now = Date.now();
    const { place, crew } = await open({ clock: () => now });
    const [used, given] = [await pending(crew, place), await pending(crew, place)];
    await decideApproval(crew, { ref: used.run, decision: "approve" });
    const began = now;
    now += 25 * HOUR_MS;
    await pending(crew, place);
    const { governanceDir = "" } = crew.options;
    const earlier = await crewOf(place, { governanceDir, clock: () => began });
    const late = await refusal("approval_expired", decideApproval(earlier, { ref: given.run, decision: "approve" }));
    expect(late.message).toContain(`the ledger recorded ${new Date(now).toISOString()} already`);
    failedWith("approval_expired", await resumeRun(earlier, given.run));
    failedWith("approval_expired", await resumeRun(earlier, used.run));
    expect(effects(place)).toBe(0);
    // A clock that once ran ahead keeps no later request from being answered.
    const later = await pending(earlier, place);
    expect(await decideApproval(earlier, { ref: later.run, decision: "approve" })).toMatchObject({ state: "APPROVED" });
  });

  it("given in time but used too late is refused at take-off", async () => {
    let now = Date.now();
    const { place, crew } = await open({ clock: () => now });
    const { run, ref } = await pending(crew, place);
    await decideApproval(crew, { ref, decision: "approve" });
    now += 25 * HOUR_MS;
    failedWith("approval_expired", await resumeRun(crew, run));
    expect(effects(place)).toBe(0);
  });

  it("that nobody gives ends the run at the next look", async () => {
    let now = Date.now();
    const { place, crew } = await open({ clock: () => now });
    const { run } = await pending(crew, place);
    expect(await resumeRun(crew, run)).toMatchObject({ state: "AWAITING_APPROVAL", exit_code: 3 });
    now += 25 * HOUR_MS;
    failedWith("approval_expired", await resumeRun(crew, run));
  });
});

describe("the plan that is meant", () => {
  it("is named by 8 or more characters of its token, and by nothing shorter, unknown or foreign", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "decided") });
    const { ref } = await pending(crew, place);
    const approve = (text: string) => decideApproval(crew, { ref: text, decision: "approve" });
    await refusal("usage", approve(ref.slice(0, 7)));
    await refusal("usage", approve("not a token!"));
    await refusal("not_found", approve(ref.replace(/^./, (digit) => (digit === "0" ? "1" : "0"))));
    expect(await approve(ref.slice(0, 8).toUpperCase())).toMatchObject({ state: "APPROVED" });
  });

  it("is asked for when several pending runs share a token", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "decided") });
    const one = await pending(crew, place);
    const two = await pending(crew, place);
    expect(two.ref).toBe(one.ref);
    const error = await refusal("ambiguous", decideApproval(crew, { ref: one.ref, decision: "approve" }));
    expect(error.message).toContain(one.run);
    expect(error.next).toContain("--run");
    const decided = await decideApproval(crew, { ref: one.ref, run: two.run, decision: "approve" });
    expect(decided).toMatchObject({ run_id: two.run, state: "APPROVED" });
    // The other run is the only pending one now, so its token is enough.
    expect(await decideApproval(crew, { ref: one.ref, decision: "approve" })).toMatchObject({ run_id: one.run });
    expect(await resumeRun(crew, two.run)).toMatchObject({ state: "COMPLETED" });
    failedWith("plan_used", await resumeRun(crew, one.run));
    expect(effects(place)).toBe(1);
  });
});
