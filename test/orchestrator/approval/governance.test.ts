import { rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { authorityFor } from "../../../orchestrator/approval/authority.ts";
import { type Crew, cancelRun, decideApproval, pauseRun, startRun } from "../../../orchestrator/index.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { crewOf, govern, newPlace, refusal, request } from "../drive/crew-fixture.ts";

async function waitingRun() {
  const place = newPlace();
  const governanceDir = govern(place, "decided");
  const crew = await crewOf(place, { governanceDir });
  const { run_id } = await startRun(crew, request(place, "engine", { counter: place.counter }));
  const run = await crew.store.load(run_id);
  if (!run) throw new Error("the run was recorded");
  return { place, governanceDir, crew, run };
}

const named = (crew: Crew, governanceDir?: string): Crew => {
  const { governanceDir: _, ...options } = crew.options;
  return { ...crew, options: governanceDir === undefined ? options : { ...options, governanceDir } };
};

describe("a run whose workspace is gone", () => {
  it("can be paused, rejected and cancelled, but not approved", async () => {
    const { place, crew, run } = await waitingRun();
    const other = await startRun(crew, request(place, "engine", { counter: place.counter }));
    rmSync(place.workspace, { recursive: true });
    await refusal("workspace_invalid", decideApproval(crew, { ref: run.run_id, decision: "approve" }));
    expect(await decideApproval(crew, { ref: run.run_id, decision: "reject" })).toMatchObject({ state: "FAILED" });
    expect(await pauseRun(crew, other.run_id)).toMatchObject({ state: "PAUSED" });
    expect(await cancelRun(crew, other.run_id)).toMatchObject({ state: "CANCELLED" });
  });
});

describe("whose word counts for a run", () => {
  it("is said by the governance it was judged under, and no other, for any word", async () => {
    const { place, governanceDir, crew, run } = await waitingRun();
    for (const decision of ["approve", "reject", undefined] as const) {
      // Named again, in any spelling, or not named at all: the run's own counts.
      for (const same of [governanceDir, `${governanceDir}/../governance`, undefined])
        expect(await authorityFor(named(crew, same), run, decision)).toBeUndefined();
    }
    const elsewhere = govern({ ...place, root: path.join(place.root, "other") }, "allowed");
    // The run's own record decides what is read: with the present rules changed, an approval is refused and a rejection is not.
    const changed: RunRecord = { ...run, spec: { ...run.spec, governance_digest: "0".repeat(64) } };
    const error = await refusal("governance_changed", authorityFor(named(crew, governanceDir), changed, "approve"));
    expect(error.next).toContain("run again");
    expect(error.detail).toEqual({ expected: "0".repeat(64), actual: run.spec.governance_digest });
    for (const without of [governanceDir, undefined])
      expect(await authorityFor(named(crew, without), changed, "reject")).toBeUndefined();
    for (const decision of ["approve", "reject", undefined] as const) {
      const refused = await refusal("governance_changed", authorityFor(named(crew, elsewhere), changed, decision));
      expect(refused.next).toBe(`Leave --governance out, or name the one of the run: ${governanceDir}.`);
    }
  });
});
