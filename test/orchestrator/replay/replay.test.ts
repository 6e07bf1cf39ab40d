import { chmodSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Crew, startRun } from "../../../orchestrator/index.ts";
import { artifactDifferences } from "../../../orchestrator/replay/compare.ts";
import { replayRun } from "../../../orchestrator/replay/index.ts";
import { crewOf, newPlace, type Place, request } from "../drive/crew-fixture.ts";
import { tamper } from "../integrity/real-ledger.ts";

const crews: Crew[] = [];
afterEach(async () => {
  for (const crew of crews.splice(0)) await crew.close();
});

async function planned(text = "one\n2\nthree\n"): Promise<{ place: Place; crew: Crew; runId: string }> {
  const place = newPlace();
  const crew = await crewOf(place);
  crews.push(crew);
  const report = await startRun(crew, request(place, "engine", { target: "src/main.txt", text }, { planOnly: true }));
  return { place, crew, runId: report.run_id };
}

async function events(crew: Crew): Promise<number> {
  return (await crew.store.head())?.seq ?? 0;
}

describe("replay", () => {
  it("rebuilds a run from ledger and store alone", async () => {
    const { crew, runId } = await planned();
    expect(await replayRun(crew, runId)).toMatchObject({
      ok: true,
      run_id: runId,
      state: "PREFLIGHT_COMPLETE",
      executed: false,
      differences: [],
    });
  });

  it("plans again on the same workspace, gets the same plan-token, and records and leaves nothing", async () => {
    const { crew, place, runId } = await planned();
    const before = await events(crew);
    const stored = readdirSync(path.join(place.stateDir, "store"), { recursive: true }).length;
    const report = await replayRun(crew, runId, { execute: true });
    expect(report).toMatchObject({ ok: true, executed: true, differences: [] });
    expect(report.plan_token).toMatch(/^[0-9a-f]{64}$/);
    expect(await events(crew)).toBe(before);
    expect(readdirSync(path.join(place.stateDir, "store"), { recursive: true })).toHaveLength(stored);
    expect(readdirSync(path.join(place.stateDir, "runs"))).toEqual([runId]);
  });

  it("does not plan on a workspace that is another one by now", async () => {
    const { crew, place, runId } = await planned();
    writeFileSync(path.join(place.workspace, "README.md"), "# Another\n");
    const report = await replayRun(crew, runId, { execute: true });
    expect(report.ok).toBe(false);
    expect(report.differences).toEqual([expect.stringMatching(/^workspace_changed: /)]);
  });

  it("has nothing to execute of a run that never had a plan, and says so", async () => {
    const place = newPlace();
    const crew = await crewOf(place);
    crews.push(crew);
    const { run_id } = await startRun(crew, request(place, "engine", { fail: "flight-plan" }));
    await expect(replayRun(crew, run_id, { execute: true })).rejects.toMatchObject({ code: "state_conflict" });
    expect(await replayRun(crew, run_id)).toMatchObject({ ok: true });
  });

  it("that is interrupted compares nothing and leaves nothing", async () => {
    const { crew, place, runId } = await planned();
    const replayed = replayRun(crew, runId, { execute: true, signal: AbortSignal.abort("SIGTERM") });
    await expect(replayed).rejects.toMatchObject({ code: "terminated" });
    expect(readdirSync(path.join(place.stateDir, "runs"))).toEqual([runId]);
  });

  it("says what an engine that plans something else this time plans differently", async () => {
    const place = newPlace();
    const crew = await crewOf(place);
    crews.push(crew);
    const source = path.join(place.root, "whim");
    writeFileSync(source, "first\n");
    const name = path.join(import.meta.dirname, "..", "..", "fixtures", "replay", "fickle.mjs");
    const asked = request(place, "engine", { source }, { planOnly: true, engine: { name } });
    const { run_id } = await startRun(crew, asked);
    expect(await replayRun(crew, run_id, { execute: true })).toMatchObject({ ok: true, executed: true });
    writeFileSync(source, "second\n");
    const { ok, differences } = await replayRun(crew, run_id, { execute: true });
    expect(ok).toBe(false);
    expect(differences).toEqual([
      'Artifact "change" is described differently.',
      'Artifact "change" has other content.',
      expect.stringMatching(/^The plan made now gives plan-token [0-9a-f]{64}, recorded was [0-9a-f]{64}\.$/),
    ]);
    rmSync(source);
    const failing = await replayRun(crew, run_id, { execute: true });
    expect(failing.differences).toEqual([expect.stringMatching(/^(engine_failed|receipt_invalid): /)]);
  });

  it("names stored content that is gone, and then asks no engine", async () => {
    const { crew, place, runId } = await planned();
    const token = (await crew.store.load(runId))?.token ?? "";
    const file = path.join(place.stateDir, "store", token.slice(0, 2), token);
    chmodSync(file, 0o644);
    rmSync(file);
    const report = await replayRun(crew, runId, { execute: true });
    expect(report).toMatchObject({ ok: false, executed: false });
    expect(report.differences.join()).toContain("The plan document cannot be read");
  });

  it("notices a projection that its events do not give", async () => {
    const { crew, place, runId } = await planned();
    tamper(place.stateDir, (db) => db.exec("update runs set record = replace(record, 'ada', 'eve')"));
    const report = await replayRun(crew, runId);
    expect(report.ok).toBe(false);
    expect(report.differences.join()).toContain("the projection of run");
  });

  it("refuses a reference that means no run", async () => {
    const { crew } = await planned();
    await expect(replayRun(crew, "01NOBODYHASTHIS")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("artifacts made again", () => {
  const artifact = (name: string, changes: object = {}) => ({
    name,
    role: "state" as const,
    artifact_type: "file",
    action: "create",
    mime: "text/plain",
    document: { artifact_type: "file", action: "create", mime: "text/plain" },
    metadata_sha256: "a".repeat(64),
    body: { sha256: "b".repeat(64), size: 1 },
    ...changes,
  });

  it("are compared by name, role, description and content", () => {
    expect(artifactDifferences([artifact("a"), artifact("b")], [artifact("a"), artifact("b")])).toEqual([]);
    expect(
      artifactDifferences(
        [artifact("gone"), artifact("other"), artifact("role"), artifact("told")],
        [
          artifact("new"),
          artifact("other", { body: { sha256: "c".repeat(64), size: 1 } }),
          artifact("role", { role: "log" }),
          artifact("told", { metadata_sha256: "c".repeat(64) }),
        ],
      ),
    ).toEqual([
      'Artifact "gone" is missing; the recorded plan had it.',
      'Artifact "new" is new; the recorded plan had none of this name.',
      'Artifact "other" has other content.',
      'Artifact "role" has the role log, recorded was state.',
      'Artifact "told" is described differently.',
    ]);
  });

  it("are listed up to twenty differences", () => {
    const many = Array.from({ length: 30 }, (_, index) => artifact(`a${index + 10}`));
    expect(artifactDifferences([], many)).toHaveLength(21);
  });
});
