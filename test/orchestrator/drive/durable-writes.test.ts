import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { resumeRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { crewOf, effects, govern, inWorkspace, newPlace, request } from "./crew-fixture.ts";
import { drive } from "./driver.ts";

/** A whole run makes about twenty; far more would mean that the end was missed. */
const MOST_WRITES = 60;
const AT_A_TIME = 3;

/** strace can end a process by SIGKILL at the n-th call of a kind; where there is none, these are reported as skipped. */
const possible = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

describe.runIf(possible)("a driver killed at any write that it makes durable", () => {
  it("leaves what resume brings to a right end: never two effects, never a damaged ledger", async () => {
    const ends: string[] = [];
    for (let from = 1; from < MOST_WRITES && !ends.includes("never killed"); from += AT_A_TIME) {
      const moments = Array.from({ length: AT_A_TIME }, (_, index) => killedAt(from + index));
      ends.push(...(await Promise.all(moments)));
    }
    expect(ends.filter((end) => end === "COMPLETED").length).toBeGreaterThan(10);
    // Killed between the claim and the recorded outcome, and only there.
    expect(ends.filter((end) => end === "TAKEOFF_UNKNOWN").length).toBeGreaterThan(0);
    expect(new Set(ends)).toEqual(new Set(["COMPLETED", "TAKEOFF_UNKNOWN", "never killed"]));
  });

  async function killedAt(write: number): Promise<string> {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const argument = request(place, "engine", { target: "src/main.txt", text: "new\n", counter: place.counter });
    const calls = "fsync,fdatasync";
    const inject = [`trace=${calls}`, `inject=${calls}:signal=KILL:when=${write}`].flatMap((each) => ["-e", each]);
    const under = ["strace", "-o", "/dev/null", ...inject];
    const { signal } = await drive(place, { call: "startRun", argument, governanceDir, under });
    if (signal === null) return "never killed";
    const crew = await crewOf(place, { governanceDir });
    const [open] = await crew.store.open();
    // Killed before the run was opened, or after it had ended: the same request is made again.
    const report = await (open ? resumeRun(crew, open) : startRun(crew, argument));
    expect(report.state === "COMPLETED" ? inWorkspace(place, "src/main.txt") : "new\n").toBe("new\n");
    expect([write, effects(place) <= (open ? 1 : 2)]).toEqual([write, true]);
    expect(await verifyLedger(crew, {})).toMatchObject({ ok: true, findings: [] });
    return report.state;
  }
});
