import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type Governance, loadGovernance } from "../../../orchestrator/governance/index.ts";
import { type RunObservation, startRun } from "../../../orchestrator/index.ts";
import { JudgePool } from "../../../orchestrator/preflight/judges.ts";
import { packageRoot } from "../../../schema/index.ts";
import { crewOf, failedWith, govern, newPlace, type Place, request } from "./crew-fixture.ts";
import { treeOf } from "./tree.ts";

/** A place judged by one policy and one model, and its governance as loaded before somebody touches the packs. */
async function judged(): Promise<{ place: Place; governanceDir: string; loaded: Governance }> {
  const place = newPlace();
  const governanceDir = govern(place, "allowed", { models: ["model"] });
  cpSync(path.join(packageRoot(), "test/fixtures/models/loudest"), path.join(governanceDir, "model"), {
    recursive: true,
  });
  const { configDir, workspace } = place;
  return { place, governanceDir, loaded: await loadGovernance({ governanceDir, configDir, workspace }) };
}

function rewrite(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

/** Swaps made after governance was loaded and before the judges read their packs. */
const SWAPS: readonly (readonly [string, (governanceDir: string) => void])[] = [
  [
    "a policy's entry point",
    (dir) => rewrite(path.join(dir, "one/pack.json"), (text) => text.replace("allowed", "granted")),
  ],
  ["a policy's WebAssembly", (dir) => appendFileSync(path.join(dir, "one/policy.wasm"), " ")],
  [
    "a model's thresholds",
    (dir) => rewrite(path.join(dir, "model/manifest.json"), (text) => text.replace("0.9", "0.99")),
  ],
  ["a model's bytes", (dir) => appendFileSync(path.join(dir, "model/model.onnx"), " ")],
  ["a whole pack, by removing it", (dir) => rmSync(path.join(dir, "one"), { recursive: true })],
];

describe("a pack swapped between loading governance and loading the judges", () => {
  it.each(SWAPS)("(%s) denies: the judge is not the one the plan-token binds", async (_what, swap) => {
    const { place, governanceDir, loaded } = await judged();
    swap(governanceDir);
    const crew = await crewOf(place, { governanceDir });
    // The judges are started for the governance that was loaded; what they find on disk is another pack.
    const evaluations = await crew.judges.start(loaded, "off").judge(inputOf(place));
    expect(evaluations.map(({ decision }) => decision)).toContain("deny");
    const failures = evaluations.filter(({ decision }) => decision === "deny").map(({ failure }) => failure);
    expect(failures).not.toContain(undefined);
  });

  it("(nothing swapped) lets the same plan through", async () => {
    const { place, governanceDir, loaded } = await judged();
    const crew = await crewOf(place, { governanceDir });
    const evaluations = await crew.judges.start(loaded, "off").judge(inputOf(place));
    expect(evaluations.map(({ decision }) => decision)).toEqual(["allow", "allow"]);
  });
});

it("a pack swapped by the engine while it plans does not judge its own plan", async () => {
  const place = newPlace();
  const governanceDir = govern(place, "unknown_word");
  const before = treeOf(place.workspace);
  const crew = await crewOf(place, { governanceDir });
  const observe = ({ kind }: { readonly kind: string }) => {
    if (kind === "log") govern(place, "allowed");
  };
  const asked = request(place, "engine", { target: "src/main.txt", text: "new\n" });
  failedWith("policy_denied", await startRun(crew, asked, { observe }));
  expect(treeOf(place.workspace)).toEqual(before);
});

/** A plan that changes one line of one file. */
function inputOf({ workspace }: Place) {
  const digest = "0".repeat(64);
  return {
    format: "cabincrew.preflight/1",
    time: "2026-01-01T00:00:00.000Z",
    workflow: { id: "w", step_id: "main" },
    mode: "flight-plan",
    principal: { id: "ada", proven: false },
    engine: { id: "engine", version: "1", digest, idempotent: false, reconcile: false },
    config: {},
    permissions: { network: false, env: [], secrets: [], read: [], write: [] },
    workspace: { hash: digest, path: workspace },
    sandbox: { kind: "none" },
    receipt: {},
    artifacts: [],
    summary: {
      artifacts: 0,
      files: 0,
      created: 0,
      updated: 0,
      deleted: 0,
      renamed: 0,
      binary: 0,
      insertions: 0,
      deletions: 0,
    },
  } as const;
}

it.runIf(process.platform === "linux").each([
  [true, 0],
  [false, 1],
])("judges of a run that is the last one (%s) have ended when it takes off: %i model processes", async (last, left) => {
  const { place, governanceDir } = await judged();
  const crew = await crewOf(place, { governanceDir });
  const seen: number[] = [];
  const observe = ({ kind }: RunObservation) => void (kind === "state" && seen.push(modelProcesses()));
  const report = await startRun(crew, request(place, "engine", { counter: place.counter }), { last, observe });
  expect([report.state, Math.max(...seen)]).toEqual(["COMPLETED", 1]);
  await expect.poll(modelProcesses).toBe(left);
});

/** Those of this process that are not on their way out; a killed one has no command line any more. */
function modelProcesses(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  const commandLine = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    } catch {
      return "";
    }
  };
  return children.filter((pid) => commandLine(pid).includes("models-child")).length;
}

it("judges asked for while others of the same governance end are new ones, and kept", async () => {
  const pool = new JudgePool(tmpdir());
  const governance = { digest: "", policies: [], models: [] } as unknown as Governance;
  const first = pool.start(governance, "off");
  const ended = pool.close();
  const second = pool.start(governance, "off");
  await ended;
  expect([second === first, pool.start(governance, "off") === second]).toEqual([false, true]);
});
