import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { resumeRun, showRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { crewOf, effects, failedWith, newPlace, type Place, request } from "./crew-fixture.ts";

const START = Date.parse("2026-01-01T00:00:00Z");
const HOUR = 3_600_000;

/** Governance with the shipped policy and one waiver that holds for an hour from START. */
function govern(place: Place, waiver: Record<string, unknown> = {}): string {
  const directory = path.join(place.root, "governance");
  mkdirSync(directory, { recursive: true });
  const entry = {
    id: "W-1",
    rule: "default/workspace/credential-file",
    scope: { paths: ["test/**"] },
    owner: "ada",
    reason: "a key for tests",
    expires: new Date(START + HOUR).toISOString(),
    ...waiver,
  };
  writeFileSync(path.join(directory, "waivers.json"), JSON.stringify({ version: 1, waivers: [entry] }));
  const config = { version: 1, policies: ["builtin:default"], models: [], waivers: ["waivers.json"] };
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify(config));
  return directory;
}

const writesKey = (place: Place, target: string) =>
  request(place, "engine", { target, text: "a key\n", counter: place.counter });

function placeWithTests(): Place {
  const place = newPlace();
  mkdirSync(path.join(place.workspace, "test"));
  return place;
}

describe("a run whose plan a waiver lets through (GOV-18)", () => {
  it("takes off, and every use is in the record, the report and the ledger", async () => {
    const place = placeWithTests();
    const crew = await crewOf(place, { governanceDir: govern(place), clock: () => START });
    const report = await startRun(crew, writesKey(place, "test/id_rsa"));
    expect([report.state, report.decision, effects(place)]).toEqual(["COMPLETED", "warn", 1]);
    const findings = report.evaluations.flatMap((evaluation) => evaluation.findings);
    expect(findings).toContainEqual(
      expect.objectContaining({ decision: "warn", waived: expect.objectContaining({ id: "W-1", decision: "deny" }) }),
    );
    const { timeline } = await showRun(crew, report.run_id);
    expect(timeline.map(({ summary }) => summary).join("\n")).toMatch(/1 of \d+ findings waived/);
    expect((await verifyLedger(crew, {})).ok).toBe(true);
  });

  it("is denied elsewhere, after the waiver's end, and by what a waiver cannot name", async () => {
    for (const [target, waiver, at] of [
      ["src/id_rsa", {}, START],
      ["test/id_rsa", {}, START + HOUR],
      ["test/id_rsa", { rule: "default/workspace/other" }, START],
    ] as const) {
      const place = newPlace();
      const crew = await crewOf(place, { governanceDir: govern(place, waiver), clock: () => at });
      failedWith("policy_denied", await startRun(crew, writesKey(place, target)));
      expect(effects(place)).toBe(0);
    }
  });

  it("tells the approver, where the waiver asks for approval", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, { to: "require_approval" }), clock: () => START });
    const { run_id, state } = await startRun(crew, writesKey(place, "test/id_rsa"));
    expect(state).toBe("AWAITING_APPROVAL");
    const run = await crew.store.load(run_id);
    expect(run?.approval?.reasons.join("\n")).toMatch(/1 finding waived by W-1 \(ada, until 2026-01-01T01/);
  });

  it("does not take off once the waiver has expired after the plan was judged", async () => {
    const place = newPlace();
    let now = START;
    const crew = await crewOf(place, { governanceDir: govern(place), clock: () => now });
    const planned = await startRun(crew, { ...writesKey(place, "test/id_rsa"), planOnly: true });
    expect(planned.state).toBe("PREFLIGHT_COMPLETE");
    now = START + HOUR;
    failedWith("waiver_expired", await resumeRun(crew, planned.run_id));
    expect(effects(place)).toBe(0);
  });

  it("does not take off once the waiver was taken back", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place), clock: () => START });
    const planned = await startRun(crew, { ...writesKey(place, "test/id_rsa"), planOnly: true });
    govern(place, { id: "W-2" });
    failedWith("governance_changed", await resumeRun(crew, planned.run_id));
  });
});
