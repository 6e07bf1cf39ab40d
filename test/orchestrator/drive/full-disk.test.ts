import { appendFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { decideApproval, type RunRequest, resumeRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { errnoOf } from "../../../schema/index.ts";
import { mountSmallDisk, unmountSmallDisk } from "../small-disk.ts";
import { crewOf, effects, govern, newPlace, type Place, refusal, request, type Verdict } from "./crew-fixture.ts";

const mounted: string[] = [];
afterAll(() => {
  for (const directory of mounted) unmountSmallDisk(directory);
});

/** A place whose root, with the state directory in it, is a file system of 2 MiB; undefined where nobody may make one. */
function smallPlace(): Place | undefined {
  const place = newPlace();
  const disk = path.join(place.root, "disk");
  rmSync(disk, { recursive: true, force: true });
  mkdirSync(disk);
  if (!mountSmallDisk("2m", disk)) return undefined;
  mounted.push(disk);
  return { ...place, stateDir: path.join(disk, "state") };
}

const ballast = (place: Place) => path.join(path.dirname(place.stateDir), "ballast");

/** Fills the disk to the last byte. */
function fill(place: Place): void {
  for (let bytes = 1 << 20; bytes >= 1; bytes >>= 1) {
    try {
      appendFileSync(ballast(place), Buffer.alloc(bytes));
      bytes <<= 1;
    } catch (error) {
      if (errnoOf(error) !== "ENOSPC") throw error;
    }
  }
}

const free = (place: Place) => rmSync(ballast(place));
const possible = smallPlace() !== undefined;

// Only root can make the small file system; elsewhere these are reported as skipped.
describe.runIf(possible)("a full disk", () => {
  async function scene(verdict: Verdict = "allowed") {
    const place = smallPlace();
    if (!place) throw new Error("it could be mounted a moment ago");
    const options = { governanceDir: govern(place, verdict) };
    const asked = (changes: Partial<RunRequest> = {}, text = "new\n") =>
      request(place, "engine", { target: "src/main.txt", text, counter: place.counter }, changes);
    return { place, options, asked };
  }

  it("before there is a ledger is told, and the same command works once there is space", async () => {
    const { place, options, asked } = await scene();
    fill(place);
    const open = async () => startRun(await crewOf(place, options), asked());
    await refusal("disk_full", open());
    free(place);
    expect(await open()).toMatchObject({ state: "COMPLETED" });
  });

  it("when a run is opened leaves no half of a run", async () => {
    const { place, options, asked } = await scene();
    const crew = await crewOf(place, options);
    fill(place);
    await refusal("disk_full", startRun(crew, asked()));
    free(place);
    expect(await crew.store.open()).toEqual([]);
    expect(await startRun(crew, asked())).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
  });

  it("while artifacts are sealed leaves a run that resumes", async () => {
    const { place, options, asked } = await scene();
    const crew = await crewOf(place, options);
    // The engine's copy fits, the store's does not.
    await refusal("disk_full", startRun(crew, asked({}, "x".repeat(100_000)), { observe: fillOnLog(place, 150_000) }));
    const [run] = await crew.store.open();
    free(place);
    expect(await resumeRun(crew, run ?? "")).toMatchObject({ state: "COMPLETED", exit_code: 0 });
    expect(effects(place)).toBe(1);
  });

  it("when the plan takes off leaves it as it was: not started, not failed", async () => {
    const { place, options, asked } = await scene();
    const crew = await crewOf(place, options);
    const plan = await startRun(crew, asked({ planOnly: true }));
    fill(place);
    await refusal("disk_full", resumeRun(crew, plan.run_id));
    await refusal("disk_full", resumeRun(await crewOf(place, options), plan.run_id));
    expect(effects(place)).toBe(0);
    free(place);
    expect(await resumeRun(crew, plan.run_id)).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
    expect(await verifyLedger(crew, {})).toMatchObject({ ok: true });
  });

  it("after take-off, before its outcome is recorded, leaves it unknown, and never takes off again by itself", async () => {
    const { place, options, asked } = await scene();
    const crew = await crewOf(place, options);
    const plan = await startRun(crew, asked({ planOnly: true }));
    const observe = ({ line }: { readonly line?: string }) => {
      if (line?.startsWith("take-off")) fill(place);
    };
    await refusal("disk_full", resumeRun(crew, plan.run_id, { observe: observe as () => void }));
    free(place);
    expect(await resumeRun(crew, plan.run_id)).toMatchObject({ state: "TAKEOFF_UNKNOWN", exit_code: 9 });
    expect(effects(place)).toBe(1);
  });

  it("when a person approves records nothing, and the approval can be given again", async () => {
    const { place, options, asked } = await scene("decided");
    const crew = await crewOf(place, options);
    const { run_id: run, plan_token } = await startRun(crew, asked());
    fill(place);
    const approve = () => decideApproval(crew, { ref: plan_token ?? "", decision: "approve" });
    await refusal("disk_full", approve());
    free(place);
    await approve();
    expect(await resumeRun(crew, run)).toMatchObject({ state: "COMPLETED" });
  });

  /** Fills the disk up to `left` bytes once the engine has begun to plan. */
  function fillOnLog(place: Place, left: number) {
    return (observation: { readonly kind: string }) => {
      if (observation.kind !== "state") return;
      const reserve = path.join(path.dirname(place.stateDir), "reserve");
      rmSync(ballast(place), { force: true });
      writeFileSync(reserve, Buffer.alloc(left));
      fill(place);
      rmSync(reserve);
    };
  }
});
