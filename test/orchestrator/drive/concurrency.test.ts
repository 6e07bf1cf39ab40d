import { describe, expect, it } from "vitest";
import { cancelRun, decideApproval, pauseRun, resumeRun, startRun } from "../../../orchestrator/index.ts";
import { crewOf, effects, failedWith, govern, newPlace, type Place, refusal, request } from "./crew-fixture.ts";
import { drive, startDriver, survivorsOf } from "./driver.ts";

/** A plan with an effect outside of the workspace only, so that taking off does not make it stale. */
const outside = (place: Place, config: Record<string, string | boolean> = {}) =>
  request(place, "engine", { counter: place.counter, ...config });

describe("two processes on one run", () => {
  it("do not drive it together: the second is told that it is busy", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const argument = outside(place, { hold: "flight-plan" });
    const driver = startDriver(place, { call: "startRun", argument, governanceDir });
    await driver.said("holding in flight-plan");
    const crew = await crewOf(place, { governanceDir });
    const [run] = await crew.store.open();
    await refusal("busy", resumeRun(crew, run ?? ""));
    await refusal("busy", pauseRun(crew, run ?? ""));
    await refusal("busy", cancelRun(crew, run ?? ""));
    driver.child.kill("SIGKILL");
    await driver.ended;
    const survivors = survivorsOf(place, run ?? "");
    expect(survivors()).not.toEqual([]);
    // The lock went with its holder; what its engine left running goes with the run.
    expect(await cancelRun(crew, run ?? "")).toMatchObject({ state: "CANCELLED" });
    expect(survivors()).toEqual([]);
  });

  it("take off once, though twenty resume an approved plan at the same moment", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "decided");
    const crew = await crewOf(place, { governanceDir });
    const { run_id: run, plan_token } = await startRun(crew, outside(place));
    await decideApproval(crew, { ref: plan_token ?? "", decision: "approve" });
    const all = Array.from({ length: 20 }, () => drive(place, { call: "resumeRun", argument: run, governanceDir }));
    const ends = await Promise.all(all);
    expect(effects(place)).toBe(1);
    for (const { report, error } of ends) expect(report?.state ?? error?.code).toMatch(/^(COMPLETED|busy)$/);
    expect(ends.filter(({ observations }) => observations.some((each) => "line" in each))).toHaveLength(1);
  });
});

describe("one plan made twice", () => {
  it("on one workspace takes off once: the second run is refused", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const first = await startRun(crew, { ...outside(place), planOnly: true });
    const second = await startRun(crew, { ...outside(place), planOnly: true });
    expect(second.plan_token).toBe(first.plan_token);
    expect(await resumeRun(crew, first.run_id)).toMatchObject({ state: "COMPLETED" });
    const { message } = failedWith("plan_used", await resumeRun(crew, second.run_id));
    expect([message?.includes(first.run_id), effects(place)]).toEqual([true, 1]);
    // A plan made after the effect is a new one.
    expect(await startRun(crew, outside(place))).toMatchObject({ state: "COMPLETED" });
  });

  it("on one workspace by two processes at the same moment takes off once", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const crew = await crewOf(place, { governanceDir });
    const plans = [];
    for (let i = 0; i < 4; i += 1) plans.push(await startRun(crew, { ...outside(place), planOnly: true }));
    const ends = await Promise.all(
      plans.map(({ run_id }) => drive(place, { call: "resumeRun", argument: run_id, governanceDir })),
    );
    const reasons = ends.map(({ report }) => report?.reason ?? report?.state).sort();
    expect([reasons, effects(place)]).toEqual([["COMPLETED", "plan_used", "plan_used", "plan_used"], 1]);
  });

  it("on two workspaces of equal content has one token and takes off on both", async () => {
    const [here, there] = [newPlace(), newPlace()];
    const crew = await crewOf(here, { governanceDir: govern(here, "allowed") });
    const config = { counter: here.counter };
    const plans = [];
    for (const place of [here, there]) {
      plans.push(await startRun(crew, { ...request(place, "engine", config), planOnly: true }));
    }
    expect(new Set(plans.map((plan) => plan.plan_token)).size).toBe(1);
    for (const { run_id } of plans) expect(await resumeRun(crew, run_id)).toMatchObject({ state: "COMPLETED" });
    expect(effects(here)).toBe(2);
  });
});

it("runs on different workspaces with one state directory do not wait for one another", async () => {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  const driver = startDriver(place, {
    call: "startRun",
    argument: outside(place, { hold: "flight-plan" }),
    governanceDir,
  });
  await driver.said("holding in flight-plan");
  const other = newPlace();
  const crew = await crewOf(place, { governanceDir });
  expect(await startRun(crew, request(other, "engine", { target: "a", text: "a" }))).toMatchObject({
    state: "COMPLETED",
  });
  driver.child.kill("SIGTERM");
  expect((await driver.ended).error?.code).toBe("terminated");
});
