import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Crew,
  decideApproval,
  type RunReport,
  resolveRun,
  resumeRun,
  retryRun,
  showRun,
  startRun,
  verifyLedger,
} from "../../../orchestrator/index.ts";
import {
  command,
  crewOf,
  effects,
  failedWith,
  govern,
  inWorkspace,
  newPlace,
  type Place,
  refusal,
  request,
} from "./crew-fixture.ts";
import { drive, startDriver, survivorsOf } from "./driver.ts";
import { treeOf } from "./tree.ts";

const BEFORE_TAKE_OFF = [
  "INIT",
  "PLAN_RUNNING",
  "PLAN_GENERATED",
  "ARTIFACTS_VALIDATED",
  "TOKEN_CREATED",
  "PRE_FLIGHT_RUNNING",
  "PREFLIGHT_COMPLETE",
  "READY_FOR_TAKEOFF",
];

function changing(place: Place, engine: string, config: Record<string, string | boolean> = {}) {
  const release = path.join(place.root, "release");
  return request(place, engine, { target: "src/main.txt", text: "new\n", counter: place.counter, release, ...config });
}

const release = (place: Place) => writeFileSync(path.join(place.root, "release"), "");
const eventsOf = async (crew: Crew, run: string) => (await showRun(crew, run)).timeline.map((each) => each.type);
const count = (events: readonly string[], type: string) => events.filter((each) => each === type).length;

describe("a driver killed before take-off", () => {
  it.each(BEFORE_TAKE_OFF)("at %s leaves a run that resumes to its end, with one effect", async (state) => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const killed = await drive(place, {
      call: "startRun",
      argument: changing(place, "engine"),
      die: { state },
      governanceDir,
    });
    expect([killed.signal, effects(place)]).toEqual(["SIGKILL", 0]);
    const crew = await crewOf(place, { governanceDir });
    expect(await resumeRun(crew, killed.runId)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect([effects(place), inWorkspace(place, "src/main.txt")]).toEqual([1, "new\n"]);
  });

  it("while it waits for a person leaves the request to be answered", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "decided");
    const killed = await drive(place, {
      call: "startRun",
      argument: changing(place, "engine"),
      die: { state: "AWAITING_APPROVAL" },
      governanceDir,
    });
    const crew = await crewOf(place, { governanceDir });
    // What was announced is durable: another process can answer it at once, without a resume in between.
    const { run_id, plan_token } = await showRun(crew, killed.runId);
    await decideApproval(crew, { ref: plan_token ?? "", decision: "approve" });
    expect(await resumeRun(crew, run_id)).toMatchObject({ state: "COMPLETED" });
    expect(count(await eventsOf(crew, run_id), "approval.requested")).toBe(1);
  });
});

describe("the engine of a killed driver", () => {
  it.each(["off", "auto"] as const)("is gone before resume launches another one (sandbox %s)", async (sandbox) => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const argument = {
      ...changing(place, "engine", { hold: "flight-plan", counter: "" }),
      sandbox,
      permissions: { network: false, env: [], secrets: [], read: [place.root], write: [] },
    };
    const killed = await drive(place, {
      call: "startRun",
      argument,
      die: { line: "holding in flight-plan" },
      governanceDir,
    });
    const survivors = survivorsOf(place, killed.runId);
    if (sandbox === "off") expect(survivors()).not.toEqual([]);
    release(place);
    const living: (readonly string[])[] = [];
    const observe = () => living.push(survivors());
    const crew = await crewOf(place, { governanceDir });
    const report = await resumeRun(crew, killed.runId, { observe });
    expect([report.state, living.length > 0, living.flat()]).toEqual(["COMPLETED", true, []]);
    expect(count(await eventsOf(crew, killed.runId), "flight_plan.started")).toBe(2);
  });

  it("cannot take effect behind the back of whoever is told that the outcome is unknown", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const { runId } = await drive(place, {
      call: "startRun",
      argument: changing(place, "engine", { hold: "take-off" }),
      die: { line: "holding in take-off" },
      governanceDir,
    });
    const survivors = survivorsOf(place, runId);
    expect(survivors()).not.toEqual([]);
    const crew = await crewOf(place, { governanceDir });
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "TAKEOFF_UNKNOWN", exit_code: 9 });
    expect([survivors(), effects(place)]).toEqual([[], 0]);
  });
});

/** Where in take-off the driver dies: before the launch, while the engine works, and with its effect made but not recorded. */
const MOMENTS = [
  ["before the launch", {}, { state: "TAKEOFF_RUNNING" }, 0],
  ["before the effect", { hold: "take-off" }, { line: "holding in take-off" }, 0],
  ["after the effect", { hold_after_effect: true }, { line: "holding in take-off" }, 1],
  ["before the outcome is recorded", {}, { state: "EXECUTION_COMPLETE" }, 1],
] as const;

describe.each(MOMENTS)("a driver killed in take-off, %s", (_when, config, die, done) => {
  async function killedRun(engine: string) {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const { signal, runId } = await drive(place, {
      call: "startRun",
      argument: changing(place, engine, config),
      die,
      governanceDir,
    });
    expect([signal, effects(place)]).toEqual(["SIGKILL", done]);
    release(place);
    return { place, runId, crew: await crewOf(place, { governanceDir }) };
  }

  it("is followed by a second, recorded attempt with the same token when the engine is idempotent", async () => {
    const { place, runId, crew } = await killedRun("idempotent");
    const { plan_token } = await showRun(crew, runId);
    const report = await resumeRun(crew, runId);
    expect(report).toMatchObject({ state: "COMPLETED", plan_token });
    expect(inWorkspace(place, "src/main.txt")).toBe("new\n");
    const events = await eventsOf(crew, runId);
    const told = ["take_off.started", "take_off.interrupted", "take_off.retried"].map((type) => count(events, type));
    expect([told, effects(place)]).toEqual([[1, 1, 1], done + 1]);
  });

  it("is settled by an engine that reconciles, without a second effect", async () => {
    const { place, runId, crew } = await killedRun("reconciling");
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect(count(await eventsOf(crew, runId), "take_off.retried")).toBe(1 - done);
    expect([effects(place), inWorkspace(place, "src/main.txt")]).toEqual([1, "new\n"]);
  });

  it("can be resolved at once, without a resume in between, and the interruption is recorded all the same", async () => {
    const { runId, crew } = await killedRun("engine");
    expect(await resolveRun(crew, runId, { outcome: "applied" })).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    const events = await eventsOf(crew, runId);
    expect([count(events, "take_off.interrupted"), count(events, "take_off.resolved")]).toEqual([1, 1]);
    expect((await verifyLedger(crew)).findings).toEqual([]);
  });

  it("stays unknown with any other engine, whoever resumes it, until somebody says it was applied", async () => {
    const { place, runId, crew } = await killedRun("engine");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const report = await resumeRun(crew, runId);
      expect(report).toMatchObject({ state: "TAKEOFF_UNKNOWN", reason: "takeoff_unknown", exit_code: 9 });
      expect(report.next).toContain("cabincrew resolve");
    }
    expect(count(await eventsOf(crew, runId), "take_off.interrupted")).toBe(1);
    const resolved = await resolveRun(crew, runId, { outcome: "applied", comment: "looked at it" });
    expect([resolved.state, resolved.exit_code, effects(place)]).toEqual(["COMPLETED", 0, done]);
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "COMPLETED", exit_code: 0 });
  });
});

it("an interrupted take-off stays unknown when its engine fails to reconcile, and that is recorded", async () => {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  const { runId } = await drive(place, {
    call: "startRun",
    argument: changing(place, "reconciling", { fail: "reconcile" }),
    die: { state: "TAKEOFF_RUNNING" },
    governanceDir,
  });
  const crew = await crewOf(place, { governanceDir });
  const report = await resumeRun(crew, runId);
  expect(report).toMatchObject({ state: "TAKEOFF_UNKNOWN", reason: "takeoff_unknown", exit_code: 9 });
  expect([report.message, report.next]).toEqual([
    expect.stringContaining("told to fail in reconcile"),
    expect.stringContaining("cabincrew resolve"),
  ]);
  expect([count(await eventsOf(crew, runId), "take_off.reconciled"), effects(place)]).toEqual([1, 0]);
});

it("a take-off that somebody says was not applied ends failed, and retry opens a new run", async () => {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  const argument = changing(place, "engine");
  const { runId } = await drive(place, {
    call: "startRun",
    argument,
    die: { state: "TAKEOFF_RUNNING" },
    governanceDir,
  });
  const crew = await crewOf(place, { governanceDir });
  await resumeRun(crew, runId);
  await refusal("state_conflict", retryRun(crew, runId));
  failedWith("takeoff_failed", await resolveRun(crew, runId, { outcome: "not_applied" }));
  failedWith("takeoff_failed", await resumeRun(crew, runId));
  const again = await retryRun(crew, runId);
  expect([again.state, again.run_id === runId, effects(place)]).toEqual(["COMPLETED", false, 1]);
});

describe("a killed run of any command", () => {
  const script = [
    "echo changed >> src/main.txt",
    "rm README.md",
    "mkdir -p new/empty new/dir",
    "printf 'a\\0b' > 'new/dir/with space'",
    "ln -s ../src/main.txt new/link",
    "chmod 755 tool",
    "mv moved 'moved too'",
  ].join(" && ");

  function prepared(): Place {
    const place = newPlace();
    writeFileSync(path.join(place.workspace, "tool"), "#!/bin/sh\n");
    chmodSync(path.join(place.workspace, "tool"), 0o644);
    writeFileSync(path.join(place.workspace, "moved"), "a text that moves\n".repeat(20));
    symlinkSync("README.md", path.join(place.workspace, "gone"));
    return place;
  }

  const expected = (async () => {
    const place = prepared();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const report = await startRun(crew, command(place, ["sh", "-c", script]));
    expect(report).toMatchObject({ state: "COMPLETED" });
    return treeOf(place.workspace);
  })();

  it.each(["PLAN_RUNNING", "PRE_FLIGHT_RUNNING", "TAKEOFF_RUNNING", "EXECUTION_COMPLETE"])(
    "resumed after %s leaves the very tree that an unbroken run leaves",
    async (state) => {
      const place = prepared();
      const governanceDir = govern(place, "allowed");
      const argument = command(place, ["sh", "-c", script]);
      const killed = await drive(place, { call: "startRun", argument, die: { state }, governanceDir });
      expect(killed.signal).toBe("SIGKILL");
      const report: RunReport = await resumeRun(await crewOf(place, { governanceDir }), killed.runId);
      expect(report).toMatchObject({ state: "COMPLETED", exit_code: 0 });
      expect(treeOf(place.workspace)).toEqual(await expected);
    },
  );

  it("killed again and again while it plans still ends right, with one plan taking off", async () => {
    const place = prepared();
    const governanceDir = govern(place, "allowed");
    const argument = command(place, ["sh", "-c", script]);
    const first = await drive(place, { call: "startRun", argument, die: { state: "PLAN_GENERATED" }, governanceDir });
    for (const state of ["PLAN_GENERATED", "PRE_FLIGHT_RUNNING", "TAKEOFF_RUNNING", "EXECUTION_COMPLETE"]) {
      const killed = await drive(place, { call: "resumeRun", argument: first.runId, die: { state }, governanceDir });
      expect([state, killed.signal]).toEqual([state, "SIGKILL"]);
    }
    const crew = await crewOf(place, { governanceDir });
    expect(await resumeRun(crew, first.runId)).toMatchObject({ state: "COMPLETED" });
    expect(treeOf(place.workspace)).toEqual(await expected);
    expect(count(await eventsOf(crew, first.runId), "take_off.started")).toBe(1);
  });
});

describe("an interrupted driver", () => {
  it.each([
    ["SIGINT", "interrupted", 130],
    ["SIGTERM", "terminated", 143],
  ] as const)("ends its engine on %s and leaves a run that resumes", async (signal, code, exitCode) => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const argument = changing(place, "engine", { hold: "flight-plan" });
    const driver = startDriver(place, { call: "startRun", argument, governanceDir });
    await driver.said("holding in flight-plan");
    driver.child.kill(signal);
    const { error, runId } = await driver.ended;
    expect(error).toMatchObject({ code, exitCode });
    release(place);
    const crew = await crewOf(place, { governanceDir });
    expect(await eventsOf(crew, runId)).toContain("run.interrupted");
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
  });

  it("in take-off leaves an unknown outcome, never a failure", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const argument = changing(place, "engine", { hold: "take-off" });
    const driver = startDriver(place, { call: "startRun", argument, governanceDir });
    await driver.said("holding in take-off");
    driver.child.kill("SIGTERM");
    const { error, runId } = await driver.ended;
    expect(error).toMatchObject({ code: "terminated", exitCode: 143 });
    const crew = await crewOf(place, { governanceDir });
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "TAKEOFF_UNKNOWN", exit_code: 9 });
    expect(effects(place)).toBe(0);
  });
});
