import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { resumeRun, startRun } from "../../../orchestrator/index.ts";
import { crewOf, govern, newPlace, request } from "./crew-fixture.ts";
import { drive } from "./driver.ts";

describe("a locked database", () => {
  // A command waits thirty seconds: in a file of its own, which begins first (test/longest-first.ts), that costs the suite nothing.
  it("is waited for, then the command is refused as busy, and the run goes on later", async () => {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const crew = await crewOf(place, { governanceDir });
    const plan = await startRun(crew, request(place, "engine", { counter: place.counter }, { planOnly: true }));
    const holder = new Database(path.join(place.stateDir, "cabincrew.db"));
    holder.exec("begin immediate");
    const { error } = await drive(place, { call: "resumeRun", argument: plan.run_id, governanceDir });
    holder.close();
    expect(error).toMatchObject({ code: "busy", exitCode: 8, next: expect.stringMatching(/\S/) });
    expect(await resumeRun(crew, plan.run_id)).toMatchObject({ state: "COMPLETED" });
  }, 180_000);
});
