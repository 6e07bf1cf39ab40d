import { appendFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type RunObservation, startRun } from "../../../orchestrator/index.ts";
import { crewOf, ENGINES, effects, govern, newPlace, type Place, request } from "./crew-fixture.ts";

/** A run in one process, in which something is changed between the judgement and take-off. */
async function runChanged(change: (place: Place, governanceDir: string, engine: string) => void) {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  const engines = path.join(place.root, "engines");
  cpSync(ENGINES, engines, { recursive: true });
  const engine = path.join(engines, "engine.sh");
  const observe = (observation: RunObservation) => {
    if (observation.kind === "state" && observation.state === "PREFLIGHT_COMPLETE")
      change(place, governanceDir, engine);
  };
  const config = { target: "src/main.txt", text: "new\n", counter: place.counter };
  const crew = await crewOf(place, { governanceDir });
  const report = await startRun(crew, { ...request(place, "engine", config), engine: { name: engine } }, { observe });
  return [report.state, report.reason, report.exit_code, effects(place)];
}

describe("a run that never left its process is measured again before take-off all the same (plan-token 9)", () => {
  it("takes off when nothing changed", async () => {
    expect(await runChanged(() => undefined)).toEqual(["COMPLETED", null, 0, 1]);
  });

  it("is refused when the engine's bytes changed", async () => {
    const ended = await runChanged((_place, _governance, engine) => appendFileSync(engine, "\n# another engine\n"));
    expect(ended).toEqual(["FAILED", "engine_changed", 5, 0]);
  });

  it("is refused when the engine is gone", async () => {
    const ended = await runChanged((_place, _governance, engine) => rmSync(engine));
    expect(ended).toEqual(["FAILED", "engine_changed", 5, 0]);
  });

  it("is refused when the governance says something else, or no longer loads", async () => {
    for (const text of ['{"version":1,"policies":["one"],"models":[],"approval_ttl_seconds":5}', "{"]) {
      const ended = await runChanged((_place, governanceDir) =>
        writeFileSync(path.join(governanceDir, "governance.json"), text),
      );
      expect(ended).toEqual(["FAILED", "governance_changed", 5, 0]);
    }
  });
});
