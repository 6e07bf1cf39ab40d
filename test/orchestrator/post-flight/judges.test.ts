import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { resumeRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { packageRoot } from "../../../schema/index.ts";
import { crewOf, effects, failedWith, newPlace, type Place, request } from "../drive/crew-fixture.ts";
import { drive } from "../drive/driver.ts";

const PACK = path.join(packageRoot(), "test/fixtures/policies/post-flight");

function govern(place: Place, waivers: readonly object[] = []): string {
  const directory = path.join(place.root, "governance");
  mkdirSync(directory, { recursive: true });
  cpSync(PACK, path.join(directory, "after"), { recursive: true });
  writeFileSync(path.join(directory, "waivers.json"), JSON.stringify({ version: 1, waivers }));
  const config = { version: 1, policies: ["after"], models: [], waivers: ["waivers.json"] };
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify(config));
  return directory;
}

const writing = (place: Place, target: string) =>
  request(place, "engine", { target, text: "x\n", counter: place.counter });

describe("a pack that asks to be shown what came of a take-off (PF-3)", () => {
  it.each(["denied", "asks"])("that objects (%s) ends the run as failed, with its effects on record", async (name) => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place) });
    const report = failedWith("postflight_denied", await startRun(crew, writing(place, `src/${name}.txt`)));
    expect([report.decision, effects(place)]).toEqual(["allow", 1]);
    expect(report.message).toMatch(new RegExp(`The plan took effect, but the log speaks of ${name}.txt`));
    expect((await verifyLedger(crew, {})).ok).toBe(true);
  });

  it.each([
    ["warned", ["after/warned"]],
    ["main", []],
  ])("that does not (%s) lets it complete", async (name, rules) => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place) });
    const report = await startRun(crew, writing(place, `src/${name}.txt`));
    expect([report.state, report.evaluations.length]).toEqual(["COMPLETED", 2]);
    expect(report.evaluations[1]?.findings.map(({ rule }) => rule)).toEqual(rules);
  });

  it("is bound by waivers as before take-off", async () => {
    const place = newPlace();
    const waiver = {
      id: "W-1",
      rule: "after/denied",
      scope: { workspaces: [place.workspace] },
      owner: "ada",
      reason: "a test",
      expires: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const crew = await crewOf(place, { governanceDir: govern(place, [waiver]) });
    expect((await startRun(crew, writing(place, "src/denied.txt"))).state).toBe("COMPLETED");
  });

  it("judges again, alike and without a second effect, after a driver was killed between take-off and judgement", async () => {
    for (const [name, state] of [
      ["main", "COMPLETED"],
      ["denied", "FAILED"],
    ] as const) {
      const place = newPlace();
      const governanceDir = govern(place);
      const argument = writing(place, `src/${name}.txt`);
      const killed = await drive(place, {
        call: "startRun",
        argument,
        die: { evaluations: 2 },
        governanceDir,
      });
      expect(killed.signal).toBe("SIGKILL");
      const crew = await crewOf(place, { governanceDir });
      const [run] = await crew.store.list({ limit: 1 });
      // Somebody goes on working meanwhile: what was measured at the time is what is judged.
      rmSync(path.join(place.workspace, "README.md"));
      const report = await resumeRun(crew, run?.run_id ?? "");
      expect([report.state, effects(place)]).toEqual([state, 1]);
    }
  });

  it("does not judge under another governance than the plan's", async () => {
    const place = newPlace();
    const governanceDir = govern(place);
    const argument = writing(place, "src/main.txt");
    await drive(place, { call: "startRun", argument, die: { evaluations: 2 }, governanceDir });
    writeFileSync(
      path.join(governanceDir, "governance.json"),
      '{"version":1,"policies":["after"],"models":[],"approval_ttl_seconds":5}',
    );
    const crew = await crewOf(place, { governanceDir });
    const [run] = await crew.store.list({ limit: 1 });
    failedWith("governance_changed", await resumeRun(crew, run?.run_id ?? ""));
  });
});
