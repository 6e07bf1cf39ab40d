import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Crew,
  cancelRun,
  decideApproval,
  diffRun,
  latestResumable,
  listApprovals,
  listRuns,
  pauseRun,
  readLog,
  resolveRun,
  resumeAll,
  resumeRun,
  retryRun,
  showRun,
  startRun,
} from "../../../orchestrator/index.ts";
import { crewOf, effects, failedWith, govern, newPlace, refusal, request, type Verdict } from "./crew-fixture.ts";
import { drive, type Job, survivorsOf } from "./driver.ts";

async function scene(verdict: Verdict = "allowed") {
  const place = newPlace();
  const governanceDir = govern(place, verdict);
  const crew = await crewOf(place, { governanceDir });
  const asked = (config: Record<string, string> = {}) =>
    request(place, "engine", { target: "src/main.txt", text: "new\n", counter: place.counter, ...config });
  const plan = () => startRun(crew, { ...asked(), planOnly: true });
  return { place, governanceDir, crew, asked, plan };
}

const whole = async (chunks: AsyncIterable<string>) => {
  let text = "";
  for await (const chunk of chunks) text += chunk;
  return text;
};

describe("pause", () => {
  it("keeps a run from going on until resume, which continues where it was", async () => {
    const { place, crew } = await scene("decided");
    const { run_id: run } = await startRun(crew, request(place, "engine", { counter: place.counter }));
    const paused = await pauseRun(crew, run);
    expect(paused).toMatchObject({ state: "PAUSED", reason: "paused", exit_code: 3 });
    expect(paused.next).toContain("resume");
    expect(await resumeAll(crew)).toEqual([]);
    await refusal("state_conflict", pauseRun(crew, run));
    const early = await refusal("state_conflict", decideApproval(crew, { ref: run, decision: "approve" }));
    expect(early.next).toContain(`cabincrew resume ${run}`);
    expect(await resumeRun(crew, run)).toMatchObject({ state: "AWAITING_APPROVAL", exit_code: 3 });
  });

  it("of a run whose driver was killed ends its engine; resume plans again, on the workspace as it is then", async () => {
    const { place, governanceDir, crew, asked } = await scene();
    const release = path.join(place.root, "release");
    const argument = asked({ hold: "flight-plan", release });
    const die = { line: "holding in flight-plan" };
    const { runId } = await drive(place, { call: "startRun", argument, die, governanceDir });
    const survivors = survivorsOf(place, runId);
    expect(survivors()).not.toEqual([]);
    expect(await pauseRun(crew, runId)).toMatchObject({ state: "PAUSED" });
    expect(survivors()).toEqual([]);
    writeFileSync(release, "");
    writeFileSync(path.join(place.workspace, "README.md"), "changed during the pause\n");
    expect(await resumeRun(crew, runId)).toMatchObject({ state: "COMPLETED" });
  });

  it("does not stop the time of an approval request", async () => {
    const place = newPlace();
    let now = Date.now();
    const crew = await crewOf(place, { governanceDir: govern(place, "decided"), clock: () => now });
    const { run_id: run } = await startRun(crew, request(place, "engine", { counter: place.counter }));
    await pauseRun(crew, run);
    now += 25 * 3_600_000;
    failedWith("approval_expired", await resumeRun(crew, run));
  });

  it("is refused for a run that has ended", async () => {
    const { crew, asked } = await scene();
    const { run_id: run } = await startRun(crew, asked());
    await refusal("state_conflict", pauseRun(crew, run));
  });
});

describe("cancel", () => {
  it("ends a run before take-off for good", async () => {
    const { place, crew, plan } = await scene();
    const { run_id: run } = await plan();
    const cancelled = await cancelRun(crew, run, { comment: "not wanted" });
    expect(cancelled).toMatchObject({ state: "CANCELLED", reason: "cancelled", exit_code: 6 });
    expect(await resumeRun(crew, run)).toMatchObject({ state: "CANCELLED", exit_code: 6 });
    await refusal("state_conflict", cancelRun(crew, run));
    expect(readdirSync(path.join(place.stateDir, "runs"))).toEqual([]);
    expect(effects(place)).toBe(0);
  });

  it("is refused once take-off has begun, whatever became of it", async () => {
    const { place, governanceDir, crew, asked } = await scene();
    const die = { state: "TAKEOFF_RUNNING" };
    const { runId } = await drive(place, { call: "startRun", argument: asked(), die, governanceDir });
    await refusal("state_conflict", cancelRun(crew, runId));
    await refusal("state_conflict", pauseRun(crew, runId));
    await resumeRun(crew, runId);
    await refusal("state_conflict", cancelRun(crew, runId));
  });
});

describe("plan", () => {
  it("stops before take-off; resume takes off", async () => {
    const { place, crew, plan } = await scene();
    const planned = await plan();
    expect(planned).toMatchObject({ state: "PREFLIGHT_COMPLETE", decision: "allow", exit_code: 0 });
    expect(effects(place)).toBe(0);
    expect(await resumeRun(crew, planned.run_id)).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
  });

  it("is left alone by resume --all, which continues what was interrupted", async () => {
    const { place, governanceDir, crew, asked, plan } = await scene();
    const planned = await plan();
    const die = { state: "PLAN_RUNNING" };
    const { runId } = await drive(place, { call: "startRun", argument: asked(), die, governanceDir });
    const reports = await resumeAll(crew);
    expect(reports.map(({ run_id, state }) => [run_id, state])).toEqual([[runId, "COMPLETED"]]);
    expect((await showRun(crew, planned.run_id)).state).toBe("PREFLIGHT_COMPLETE");
    expect(await latestResumable(crew)).toBe(planned.run_id);
  });

  it("that was interrupted is finished by resume --all without taking off", async () => {
    const { place, governanceDir, crew, asked } = await scene();
    const argument = { ...asked(), planOnly: true };
    const { runId } = await drive(place, { call: "startRun", argument, die: { state: "PLAN_RUNNING" }, governanceDir });
    expect(await resumeAll(crew)).toMatchObject([{ run_id: runId, state: "PREFLIGHT_COMPLETE" }]);
    expect(effects(place)).toBe(0);
  });
});

describe("resume --all", () => {
  it("goes on to the next run when one cannot be continued", async () => {
    const { place, governanceDir, asked } = await scene();
    const die = { state: "PLAN_RUNNING" };
    const first = await drive(place, {
      call: "startRun",
      argument: { ...asked(), permissions: { ...asked().permissions, env: ["PATH"] } },
      die,
      governanceDir,
    });
    const second = await drive(place, { call: "startRun", argument: asked(), die, governanceDir });
    // The first run's variable is gone here, which says nothing about the second run.
    const poorer = await crewOf(place, { governanceDir, environment: { PATH: "" } });
    const reports = await resumeAll(poorer);
    expect(reports).toMatchObject([
      { run_id: first.runId, reason: "secret_missing", exit_code: 2, next: expect.stringMatching(/variable/) },
      { run_id: second.runId, state: "COMPLETED", exit_code: 0 },
    ]);
  });
});

describe("retry", () => {
  it("opens a new run of a failed run's request and says whose retry it is", async () => {
    const { place, crew, asked } = await scene();
    const failed = failedWith("engine_failed", await startRun(crew, asked({ fail: "flight-plan" })));
    const again = failedWith("engine_failed", await retryRun(crew, failed.run_id));
    expect(again.run_id).not.toBe(failed.run_id);
    expect((await crew.store.load(again.run_id))?.spec.retry_of).toBe(failed.run_id);
    expect(effects(place)).toBe(0);
  });

  it("is judged under the governance that the run was opened with, where nobody names another", async () => {
    const { place, crew, asked } = await scene("unknown_word");
    const denied = failedWith("policy_denied", await startRun(crew, asked()));
    const elsewhere = await crewOf(place);
    const again = failedWith("policy_denied", await retryRun(elsewhere, denied.run_id));
    const digests = [denied, again].map(async ({ run_id }) => (await showRun(elsewhere, run_id)).governance_digest);
    expect(await digests[1]).toBe(await digests[0]);
    expect(effects(place)).toBe(0);
  });

  it("is refused while a run goes on, and for one that completed", async () => {
    const { crew, asked, plan } = await scene();
    await refusal("state_conflict", retryRun(crew, (await plan()).run_id));
    await refusal("state_conflict", retryRun(crew, (await startRun(crew, asked())).run_id));
  });
});

it("an engine that fails in take-off ends the run failed, with its own words", async () => {
  const { crew, asked } = await scene();
  const report = failedWith("engine_failed", await startRun(crew, asked({ fail: "take-off" })));
  expect(report.message).toMatch(/Part of the plan may have taken effect\.$/);
  expect(report.message).toContain("told to fail in take-off");
  await refusal("state_conflict", resolveRun(crew, report.run_id, { outcome: "applied" }));
});

describe("every kind of run", () => {
  const KINDS: readonly (readonly [string, Verdict, (made: Awaited<ReturnType<typeof scene>>) => Promise<string>])[] = [
    ["COMPLETED", "allowed", async ({ crew, asked }) => (await startRun(crew, asked())).run_id],
    ["FAILED", "unknown_word", async ({ crew, asked }) => (await startRun(crew, asked())).run_id],
    ["FAILED", "allowed", async ({ crew, asked }) => (await startRun(crew, asked({ fail: "flight-plan" }))).run_id],
    ["AWAITING_APPROVAL", "decided", async ({ crew, asked }) => (await startRun(crew, asked())).run_id],
    ["PREFLIGHT_COMPLETE", "allowed", async ({ plan }) => (await plan()).run_id],
    ["CANCELLED", "allowed", async ({ crew, plan }) => (await cancelRun(crew, (await plan()).run_id)).run_id],
    ["PAUSED", "allowed", async ({ crew, plan }) => (await pauseRun(crew, (await plan()).run_id)).run_id],
    ["PLAN_RUNNING", "allowed", (made) => killed(made, { line: "flight-plan of src/main.txt" })],
    [
      "TAKEOFF_UNKNOWN",
      "allowed",
      async (made) => (await resumeRun(made.crew, await killed(made, { state: "TAKEOFF_RUNNING" }))).run_id,
    ],
  ];

  it.each(KINDS)("in %s (%s) can be listed, shown, compared and its log read", async (state, verdict, make) => {
    const made = await scene(verdict);
    const { crew } = made;
    const run = await make(made);
    const [listed] = await listRuns(crew);
    expect(listed).toMatchObject({ run_id: run, state, engine_id: "engine" });
    const shown = await showRun(crew, run);
    expect([shown.state, shown.report.state, shown.timeline[0]?.type]).toEqual([state, state, "run.opened"]);
    expect(shown.timeline.every((each) => each.summary !== "")).toBe(true);
    expect((await listApprovals(crew)).length).toBe(state === "AWAITING_APPROVAL" ? 1 : 0);
    if (shown.plan_token) {
      expect(await whole(diffRun(crew, run))).toContain("+new");
      expect(await whole(readLog(crew, run))).toContain("flight-plan of src/main.txt");
    } else await refusal("state_conflict", whole(diffRun(crew, run)));
  });

  async function killed({ place, governanceDir, asked }: Awaited<ReturnType<typeof scene>>, die: Job["die"]) {
    return (await drive(place, { call: "startRun", argument: asked(), ...(die ? { die } : {}), governanceDir })).runId;
  }
});

it("logs are those of the stage asked for, also of a stage that failed", async () => {
  const { crew, asked } = await scene();
  const done = await startRun(crew, asked());
  expect(await whole(readLog(crew, done.run_id, { mode: "take-off" }))).toBe("take-off of src/main.txt\n");
  const failed = await startRun(crew, asked({ fail: "flight-plan" }));
  expect(await logOf(crew, failed.run_id)).toContain("flight-plan of src/main.txt");
});

it("runs are listed newest first, by state and in pages", async () => {
  const { place, crew, plan } = await scene();
  const runs = [];
  for (let i = 0; i < 3; i += 1) {
    writeFileSync(path.join(place.workspace, "README.md"), `${i}\n`);
    runs.unshift((await plan()).run_id);
  }
  await cancelRun(crew, runs[1] ?? "");
  const ids = async (options?: Parameters<typeof listRuns>[1]) =>
    (await listRuns(crew, options)).map((run) => run.run_id);
  expect(await ids()).toEqual(runs);
  expect(await ids({ limit: 1 })).toEqual([runs[0]]);
  expect(await ids({ before: runs[0] ?? "" })).toEqual(runs.slice(1));
  expect(await ids({ state: "CANCELLED" })).toEqual([runs[1]]);
});

const logOf = (crew: Crew, run: string) => whole(readLog(crew, run));

describe("an interruption after the engine of a take-off has ended", () => {
  it("comes too late: what the take-off came to is recorded, and the run ends", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const interrupt = new AbortController();
    // The clock is next read to record what the take-off came to.
    const clock = () => {
      if (effects(place) > 0) interrupt.abort("SIGINT");
      return Date.now();
    };
    const crew = await crewOf(place, { governanceDir, clock });
    const asked = request(place, "engine", { target: "src/main.txt", text: "new\n", counter: place.counter });
    expect(await startRun(crew, asked, { signal: interrupt.signal })).toMatchObject({
      state: "COMPLETED",
      exit_code: 0,
    });
    expect([interrupt.signal.aborted, effects(place)]).toEqual([true, 1]);
  });
});
