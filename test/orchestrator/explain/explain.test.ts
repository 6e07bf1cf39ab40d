import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Crew,
  describeGovernance,
  evaluateFiles,
  evaluateRun,
  explainRun,
  loadGovernance,
  preflightInputOf,
  type RunReport,
  replayJudgements,
  startRun,
} from "../../../orchestrator/index.ts";
import { packageRoot } from "../../../schema/index.ts";
import { crewOf, effects, newPlace, type Place, refusal, request } from "../drive/crew-fixture.ts";

const DEFAULT = path.join(packageRoot(), "policies", "packs", "default");

/** Governance with these keys; the shipped default policy, no models. */
function govern(place: Place, further: Record<string, unknown> = {}, name = "governance"): string {
  const directory = path.join(place.root, name);
  mkdirSync(directory, { recursive: true });
  const config = { version: 1, policies: ["builtin:default"], models: [], ...further };
  writeFileSync(path.join(directory, "governance.json"), JSON.stringify(config));
  return directory;
}

/** A run that was denied for a credential file, and one that took off. */
async function recorded(): Promise<{ place: Place; crew: Crew; denied: RunReport; flown: RunReport }> {
  const place = newPlace();
  const crew = await crewOf(place, { governanceDir: govern(place) });
  const writes = (target: string) => request(place, "engine", { target, text: "x\n", counter: place.counter });
  const denied = await startRun(crew, writes("src/id_rsa"));
  const flown = await startRun(crew, writes("src/main.txt"));
  expect([denied.decision, flown.state]).toEqual(["deny", "COMPLETED"]);
  return { place, crew, denied, flown };
}

describe("an explanation of a judgement", () => {
  it("says what each judge saw, which rules matched, the input behind them and the values in force", async () => {
    const { crew, denied } = await recorded();
    const report = await explainRun(crew, denied.run_id);
    expect(report).toMatchObject({ decision: "deny", governance_same: true, input: { agrees: "same" } });
    const [judge] = report.judges;
    expect(judge?.saw).toMatchObject({ view: "plan", artifacts: 1, lines: 1, input_sha256: report.input.sha256 });
    expect(judge?.rules[0]).toMatchObject({ rule: "workspace/credential-file", matched: 1, severity: "critical" });
    expect(judge?.rules.filter((rule) => rule.matched === 0).length).toBeGreaterThan(10);
    expect(judge?.findings[0]?.seen).toMatchObject({ target: "src/id_rsa", change: { op: "create", insertions: 1 } });
    expect(judge?.values?.every(({ set_by }) => set_by === "pack")).toBe(true);
  });

  it("names governance where it set a value, and says so when another is in force", async () => {
    const { place, crew, denied } = await recorded();
    const [first] = (await explainRun(crew, denied.run_id)).judges[0]?.values ?? [];
    const keys = first?.name.split(".") ?? [];
    const data = keys.reduceRight<unknown>((below, key) => ({ [key]: below }), first?.value);
    const governanceDir = govern(place, { data });
    const again = await explainRun(crew, denied.run_id);
    expect([again.governance_same, again.judges[0]?.values]).toEqual([false, expect.anything()]);
    const { configDir, workspace } = place;
    const listed = await describeGovernance(await loadGovernance({ governanceDir, configDir, workspace }));
    const set = listed.policies[0]?.data?.filter(({ set_by }) => set_by === "governance");
    expect(set?.map(({ name }) => name)).toEqual([first?.name]);
  });

  it("tells the record alone where the store no longer holds the plan", async () => {
    const { place, crew, denied } = await recorded();
    loseContent(place);
    const report = await explainRun(crew, denied.run_id);
    expect(report.input).toMatchObject({ agrees: "gone", sha256: null, problem: expect.stringMatching(/./) });
    expect(report.judges[0]).toMatchObject({ decision: "deny", saw: { artifacts: null } });
    expect(report.judges[0]?.findings[0]?.seen).toBeUndefined();
  });
});

describe("judging a plan outside of a run", () => {
  it("decides a recorded plan as it was decided, by the governance in force, and records nothing", async () => {
    const { place, crew, denied } = await recorded();
    const head = await crew.store.head();
    const same = await evaluateRun(crew, denied.run_id);
    expect(same).toMatchObject({ decision: "deny", exit_code: 4, recorded: { decision: "deny", input: "same" } });
    govern(place, { policies: [] });
    expect(await evaluateRun(crew, denied.run_id)).toMatchObject({ decision: "deny", evaluations: [] });
    expect([await crew.store.head(), effects(place)]).toEqual([head, 1]);
  });

  it("judges the files of a directory as if they were created, and a document that was kept", async () => {
    const { place, crew, denied } = await recorded();
    const { stateDir, configDir } = place;
    const options = { stateDir, configDir, governanceDir: govern(place), principal: { id: "ada", proven: false } };
    const directory = place.workspace;
    expect(await evaluateFiles(options, { directory })).toMatchObject({ decision: "allow", exit_code: 0 });
    writeFileSync(path.join(directory, "src", "id_rsa"), "x\n");
    const report = await evaluateFiles(options, { directory });
    expect(report.evaluations[0]?.findings[0]).toMatchObject({ rule: "workspace/credential-file", file: "src/id_rsa" });
    const document = path.join(place.root, "input.json");
    writeFileSync(document, JSON.stringify(await preflightInputOf(crew, denied.run_id)));
    const kept = await evaluateFiles(options, { document });
    expect(kept).toMatchObject({
      decision: "deny",
      input_sha256: (await evaluateRun(crew, denied.run_id)).input_sha256,
    });
  });

  it("refuses what is no plan", async () => {
    const place = newPlace();
    const { stateDir, configDir } = place;
    const options = { stateDir, configDir, principal: { id: "ada", proven: false } };
    const document = path.join(place.root, "input.json");
    const artifact = { name: "a", role: "state", artifact_type: "file", action: "create", mime: "x" };
    const sound = Object.fromEntries(
      ["workflow", "principal", "engine", "config", "permissions", "workspace", "sandbox", "receipt", "summary"].map(
        (key) => [key, {}],
      ),
    );
    const head = { format: "cabincrew.preflight/1", time: "2026-01-01T00:00:00Z", ...sound };
    for (const text of [
      "",
      "[]",
      "{}",
      JSON.stringify({ ...head, time: "soon", artifacts: [] }),
      JSON.stringify({ ...head, receipt: 1, artifacts: [] }),
      JSON.stringify({ ...head, artifacts: {} }),
      JSON.stringify({ ...head, artifacts: [{ name: "a" }] }),
      JSON.stringify({ ...head, artifacts: [{ ...artifact, change: { path: "p", op: "create", added: [1] } }] }),
    ]) {
      writeFileSync(document, text);
      await refusal("config_invalid", evaluateFiles(options, { document }));
    }
    await refusal("config_invalid", evaluateFiles(options, { document: path.join(place.root, "absent.json") }));
    await refusal("workspace_invalid", evaluateFiles(options, { directory: path.join(place.root, "absent") }));
    await refusal("not_found", evaluateRun(await crewOf(place), "01JD5ABCDE"));
  });
});

describe("a replay of recorded plans", () => {
  it("shows which would be decided differently under another governance, and by which rules", async () => {
    const { place, crew, denied, flown } = await recorded();
    const waiver = {
      id: "W-1",
      rule: "default/workspace/credential-file",
      scope: { paths: ["src/**"] },
      owner: "ada",
      reason: "a test",
      expires: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const governanceDir = govern(place, { waivers: ["waivers.json"] }, "other");
    writeFileSync(path.join(governanceDir, "waivers.json"), JSON.stringify({ version: 1, waivers: [waiver] }));
    const report = await replayJudgements(crew, { since: "1d", governanceDir });
    expect(report).toMatchObject({ judged: 2, different: 1, unavailable: 0, never_judged: 0 });
    expect(report.runs.map((run) => [run.run_id, run.was, run.would_be, run.different])).toEqual([
      [denied.run_id, "deny", "warn", true],
      [flown.run_id, "allow", "allow", false],
    ]);
    expect(report.runs[0]?.gone).toEqual(["default/workspace/credential-file: deny"]);
    expect(report.runs[0]?.appeared).toEqual(["default/workspace/credential-file: warn"]);
    const later = await replayJudgements(crew, { since: flown.run_id });
    expect(later.runs.map(({ run_id }) => run_id)).toEqual([flown.run_id]);
  });

  it("puts one changed pack in the place of the one that judged, and keeps the rest as recorded", async () => {
    const { crew } = await recorded();
    const same = await replayJudgements(crew, { since: "1h", packDir: DEFAULT });
    expect(same).toMatchObject({ judged: 2, different: 0 });
    const packDir = path.join(packageRoot(), "test/fixtures/policies/shapes");
    const other = await replayJudgements(crew, { since: "1h", packDir });
    expect(other.runs[1]).toMatchObject({ was: "allow", would_be: "deny", gone: [] });
    const model = path.join(packageRoot(), "test/fixtures/models/loudest");
    expect((await replayJudgements(crew, { since: "999999999w", packDir: model })).judged).toBe(2);
  });

  it("reports runs whose plan is gone, also where the workspace is", async () => {
    const { place, crew } = await recorded();
    rmSync(place.workspace, { recursive: true });
    expect(await replayJudgements(crew, { since: "1h" })).toMatchObject({ judged: 2, different: 0 });
    loseContent(place);
    const report = await replayJudgements(crew, { since: "1h" });
    expect(report).toMatchObject({ judged: 0, unavailable: 2 });
    expect(report.runs.map((run) => [run.would_be, run.unavailable])).toEqual([
      [null, expect.stringMatching(/./)],
      [null, expect.stringMatching(/./)],
    ]);
  });

  it("refuses a span it does not understand, two changes at once, and what is no pack", async () => {
    const { place, crew } = await recorded();
    for (const since of ["soon", "7 days", "2026-13-01", "", "-1d"])
      await refusal("usage", replayJudgements(crew, { since }));
    await refusal("not_found", replayJudgements(crew, { since: "01JD5ABCDE" }));
    await refusal("usage", replayJudgements(crew, { since: "1h", packDir: DEFAULT, governanceDir: place.root }));
    await refusal("governance_invalid", replayJudgements(crew, { since: "1h", packDir: place.root }));
    await refusal("governance_invalid", replayJudgements(crew, { since: "1h", governanceDir: place.root }));
  });
});

/** Takes everything out of the content store. */
function loseContent({ stateDir }: Place): void {
  const store = readdirSync(stateDir).find((name) => /content|store|artifacts|objects|cas/.test(name)) ?? "";
  expect(store).not.toBe("");
  rmSync(path.join(stateDir, store), { recursive: true });
}
