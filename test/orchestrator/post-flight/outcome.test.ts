import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type RunObservation, showRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import {
  command,
  crewOf,
  ENGINES,
  failedWith,
  govern,
  inWorkspace,
  newPlace,
  type Place,
  request,
} from "../drive/crew-fixture.ts";

/** A run of an engine whose take-off is another than its plan. */
const liar = (place: Place, lie: string) =>
  request(place, "engine", { lie }, { engine: { name: path.join(ENGINES, "liar.mjs") } });

/** A run of `exec`, with something else written to the workspace when take-off begins. */
async function flown(argv: readonly string[], meanwhile: (place: Place) => void = () => undefined) {
  const place = newPlace();
  const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
  const observe = (observation: RunObservation) => {
    if (observation.kind === "state" && observation.state === "TAKEOFF_RUNNING") meanwhile(place);
  };
  const report = await startRun(crew, command(place, argv), { observe });
  return { place, crew, report, record: await crew.store.load(report.run_id) };
}

describe("after take-off the workspace is compared with the plan (PF-1)", () => {
  it("and a run whose every change came about as planned completes", async () => {
    const script =
      "echo x > new.txt; chmod 755 README.md; mkdir -p a/b; echo y > a/b/c; mv src/main.txt moved.txt; ln -s a l";
    const { report, record, crew } = await flown(["sh", "-c", script]);
    expect([report.state, report.reason]).toEqual(["COMPLETED", null]);
    expect(record?.outcome).toMatchObject({ measured: "workspace", differences: [], differences_total: 0 });
    expect(record?.outcome?.applied).toBe(record?.outcome?.planned);
    expect(record?.outcome?.planned).toBeGreaterThan(3);
    expect((await verifyLedger(crew, {})).ok).toBe(true);
  });

  it.each<[string, (place: Place) => void, RegExp]>([
    ["adds", ({ workspace }) => writeFileSync(path.join(workspace, "planted"), "x"), /planted changed .*found added/],
    ["changes", ({ workspace }) => writeFileSync(path.join(workspace, "README.md"), "x"), /README\.md .*found changed/],
    ["removes", ({ workspace }) => rmSync(path.join(workspace, "README.md")), /README\.md .*found removed/],
    ["makes executable", ({ workspace }) => chmodSync(path.join(workspace, "README.md"), 0o755), /README\.md/],
    [
      "plants in a new directory",
      ({ workspace }) => {
        mkdirSync(path.join(workspace, "x", "y"), { recursive: true });
        writeFileSync(path.join(workspace, "x", "y", "z"), "");
      },
      /and 2 more/,
    ],
  ])(
    "and what something else %s meanwhile ends the run, with its effects on record",
    async (_, meanwhile, sentence) => {
      const { place, report, crew } = await flown(["sh", "-c", "echo x > new.txt"], meanwhile);
      failedWith("outcome_differs", report);
      expect(report.message).toMatch(sentence);
      expect(inWorkspace(place, "new.txt")).toBe("x\n");
      const { timeline } = await showRun(crew, report.run_id);
      expect(timeline.slice(-3).map(({ type }) => type)).toEqual([
        "take_off.completed",
        "post_flight.evaluated",
        "run.failed",
      ]);
      expect(report.evaluations.at(-1)).toMatchObject({ source: "orchestrator", policy_id: "post-flight" });
      expect((await verifyLedger(crew, {})).ok).toBe(true);
    },
  );

  it("and only the plan's own paths where the plan changes what is inside", async () => {
    const { report, record } = await flown(["sh", "-c", "echo src > .cabincrewignore"]);
    expect([report.state, record?.outcome?.measured]).toEqual(["COMPLETED", "plan"]);
  });
});

describe("an engine whose take-off is not what it planned (PF-2)", () => {
  it.each([
    ["other content", "content"],
    ["nothing", "missing"],
    ["other mode", "mode"],
    ["a link", "type"],
    ["a directory", "type"],
    ["another receipt", "receipt"],
    ["an artifact that is not there", "receipt"],
    ["a digest of its own", "content"],
    ["content given inline", "content"],
    ["bits nobody spoke of", "mode"],
    ["bits of what was there", "mode"],
    ["more than bits", "content"],
    ["a link to nowhere said", "link"],
  ])("(%s) fails its run", async (lie, kind) => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const report = failedWith("outcome_differs", await startRun(crew, liar(place, lie)));
    expect(report.evaluations.at(-1)?.findings.map(({ rule }) => rule)).toContain(`outcome-${kind}`);
  });

  it("is refused before it, where nobody can tell which bytes its plan means", async () => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    failedWith("artifact_invalid", await startRun(crew, liar(place, "content as JSON")));
  });

  it.each([
    ["one more file", ["outcome-unplanned", "outcome-unplanned", "outcome-unplanned"]],
    ["no lie", []],
    ["an update without bits", []],
  ])("(%s) is warned of where it changes more than its plan, and completes", async (lie, rules) => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const report = await startRun(crew, liar(place, lie));
    expect(report.state).toBe("COMPLETED");
    expect(report.evaluations.slice(1).flatMap(({ findings }) => findings.map(({ rule }) => rule))).toEqual(rules);
  });
});
