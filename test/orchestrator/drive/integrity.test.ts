import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { contentPath } from "../../../orchestrator/content/layout.ts";
import {
  type Crew,
  decideApproval,
  type RunReport,
  resumeRun,
  showRun,
  startRun,
} from "../../../orchestrator/index.ts";
import { CabincrewError, packageRoot, type ReasonCode } from "../../../schema/index.ts";
import { crewOf, ENGINES, effects, govern, newPlace, type Place, request } from "./crew-fixture.ts";
import { treeOf } from "./tree.ts";

interface Planned {
  readonly place: Place;
  readonly crew: Crew;
  readonly governanceDir: string;
  readonly run: string;
  /** The engine's own copy of its program. */
  readonly engine: string;
}

/** A plan that is allowed and about to take off, made by a private copy of the engine under governance of its own. */
async function planned(): Promise<Planned> {
  const place = newPlace();
  symlinkSync("README.md", path.join(place.workspace, "link"));
  const governanceDir = govern(place, "allowed", { models: ["model"], data: { some: "data" } });
  cpSync(path.join(packageRoot(), "test/fixtures/models/loudest"), path.join(governanceDir, "model"), {
    recursive: true,
  });
  const engine = path.join(place.root, "engine.sh");
  cpSync(path.join(ENGINES, "engine.sh"), engine);
  cpSync(path.join(ENGINES, "engine.sh.engine.json"), `${engine}.engine.json`);
  const crew = await crewOf(place, { governanceDir });
  const asked = request(place, "engine", { target: "src/main.txt", text: "new\n", counter: place.counter });
  const plan = await startRun(crew, { ...asked, engine: { name: engine }, planOnly: true });
  expect([plan.state, plan.message]).toEqual(["PREFLIGHT_COMPLETE", null]);
  return { place, crew, governanceDir, run: plan.run_id, engine };
}

type Tamper = (planned: Planned) => void | Promise<void>;

const inStore = (crew: Crew, sha256: string) => contentPath(path.join(crew.stateDir, "store"), sha256);
const bodyOf = async ({ crew, run }: Planned) =>
  inStore(crew, (await showRun(crew, run)).artifacts[0]?.sha256 ?? "no body");
const listOf = async ({ crew, run }: Planned) =>
  inStore(crew, (await crew.store.load(run))?.artifacts?.list_sha256 ?? "no list");

/** The store's files are read-only, which does not stop somebody who owns them. */
function overwrite(file: string, change: (text: string) => string): void {
  chmodSync(file, 0o644);
  writeFileSync(file, change(readFileSync(file, "utf8")));
}

const inGovernance = (file: string, change: (text: string) => string): Tamper => {
  return ({ governanceDir }) => overwrite(path.join(governanceDir, file), change);
};
const inWorkspace = (change: (workspace: string) => void): Tamper => {
  return ({ place }) => change(place.workspace);
};
const inDatabase = (...statements: readonly string[]): Tamper => {
  return ({ place }) => {
    const db = new Database(path.join(place.stateDir, "cabincrew.db"));
    for (const statement of statements) db.exec(statement);
    db.close();
  };
};

const TAMPERINGS: readonly (readonly [string, Tamper, readonly ReasonCode[]])[] = [
  [
    "the bytes of an artifact in the store",
    async (plan) => overwrite(await bodyOf(plan), () => "bad\n"),
    ["token_mismatch"],
  ],
  [
    "the length of an artifact in the store",
    async (plan) => appendFileSync(await bodyOf(plan), "more"),
    ["token_mismatch"],
  ],
  ["an artifact, by removing it", async (plan) => unlinkSync(await bodyOf(plan)), ["ledger_corrupt"]],
  [
    "the list of sealed artifacts",
    async (plan) => overwrite(await listOf(plan), (text) => text.replace("src/main.txt", "src/evil.txt")),
    ["ledger_corrupt", "token_mismatch"],
  ],
  [
    "the plan document",
    async ({ crew, run }) =>
      overwrite(inStore(crew, (await showRun(crew, run)).plan_token ?? ""), (text) => `${text} `),
    ["token_mismatch"],
  ],
  [
    "the policy's data",
    inGovernance("governance.json", (text) => text.replace('data"}', 'other"}')),
    ["governance_changed"],
  ],
  ["the policy's WebAssembly", inGovernance("one/policy.wasm", (text) => `${text} `), ["governance_changed"]],
  [
    "the policy's entry points",
    inGovernance("one/pack.json", (text) => text.replace("allowed", "granted")),
    ["governance_changed"],
  ],
  ["the model", inGovernance("model/model.onnx", (text) => `${text} `), ["governance_changed"]],
  [
    "the model's thresholds",
    inGovernance("model/manifest.json", (text) => text.replace("0.9", "0.99")),
    ["governance_changed"],
  ],
  [
    "governance, by adding what the workspace brings",
    inWorkspace((ws) => mkdirSync(path.join(ws, ".cabincrew/policies/more"), { recursive: true })),
    ["governance_changed"],
  ],
  ["the engine's program", ({ engine }) => appendFileSync(engine, "// more\n"), ["engine_changed"]],
  [
    "the engine's manifest",
    ({ engine }) => overwrite(`${engine}.engine.json`, (text) => text.replace("1.0.0", "1.0.1")),
    ["engine_changed"],
  ],
  [
    "a file of the workspace",
    inWorkspace((ws) => writeFileSync(path.join(ws, "README.md"), "other\n")),
    ["workspace_changed"],
  ],
  [
    "the very file the plan changes",
    inWorkspace((ws) => writeFileSync(path.join(ws, "src/main.txt"), "else\n")),
    ["workspace_changed"],
  ],
  ["an execute bit", inWorkspace((ws) => chmodSync(path.join(ws, "README.md"), 0o755)), ["workspace_changed"]],
  [
    "where a link points to",
    inWorkspace((ws) => {
      unlinkSync(path.join(ws, "link"));
      symlinkSync("src/main.txt", path.join(ws, "link"));
    }),
    ["workspace_changed"],
  ],
  [
    "the workspace, by an empty directory",
    inWorkspace((ws) => mkdirSync(path.join(ws, "empty"))),
    ["workspace_changed"],
  ],
  [
    "the workspace, by a link to one like it",
    inWorkspace((ws) => {
      renameSync(ws, `${ws}-moved`);
      symlinkSync(`${ws}-moved`, ws);
    }),
    ["workspace_changed"],
  ],
  ["the workspace, by removing a file", inWorkspace((ws) => rmSync(path.join(ws, "README.md"))), ["workspace_changed"]],
  [
    "the workspace, by renaming a file",
    inWorkspace((ws) => renameSync(path.join(ws, "README.md"), path.join(ws, "b"))),
    ["workspace_changed"],
  ],
  [
    "the run's row, by calling it approved",
    inDatabase("update runs set state = 'APPROVED', record = json_set(record, '$.state', 'APPROVED')"),
    ["ledger_corrupt"],
  ],
  [
    "the run's row, by another token",
    inDatabase("update runs set token = case substr(token, 1, 1) when 'f' then '0' else 'f' end || substr(token, 2)"),
    ["ledger_corrupt"],
  ],
  [
    "the text of an event",
    inDatabase("update entries set body = replace(body, '\"allow\"', '\"Allow\"')"),
    ["ledger_corrupt"],
  ],
  [
    "the run's events, by removing one",
    inDatabase("delete from entries where body like '%policy.evaluated%'"),
    ["ledger_corrupt"],
  ],
];

describe("between the judgement and take-off somebody changed", () => {
  it.each(TAMPERINGS)("%s: refused, and nothing takes effect", async (_what, tamper, reasons) => {
    const plan = await planned();
    await tamper(plan);
    const before = treeOf(plan.place.workspace);
    const end = await resumeRun(plan.crew, plan.run).catch((error: unknown) => endOf(error));
    expect(reasons).toContain(end.reason);
    expect([end.exit_code, end.next]).toEqual([5, expect.stringMatching(/\S/)]);
    expect([treeOf(plan.place.workspace), effects(plan.place)]).toEqual([before, 0]);
  });

  it("nothing: then it takes off", async () => {
    const { crew, run, place } = await planned();
    expect(await resumeRun(crew, run)).toMatchObject({ state: "COMPLETED" });
    expect(effects(place)).toBe(1);
  });
});

it("calling a request granted in the database does not make it so", async () => {
  const place = newPlace();
  const crew = await crewOf(place, { governanceDir: govern(place, "decided") });
  const { run_id: run, plan_token } = await startRun(crew, request(place, "engine", { counter: place.counter }));
  const granted = "json_set(record, '$.state', 'APPROVED', '$.approval.status', 'granted')";
  await inDatabase(`update runs set state = 'APPROVED', record = ${granted}`)({ place } as Planned);
  const end = await resumeRun(crew, run).catch((error: unknown) => endOf(error));
  expect([end.reason, effects(place)]).toEqual(["ledger_corrupt", 0]);
  await decideApproval(crew, { ref: plan_token ?? "", decision: "approve" }).catch(() => undefined);
  expect(effects(place)).toBe(0);
});

it.each([
  ["its plan goes nowhere", {}, undefined],
  ["also where it fails", { fail: "flight-plan" }, "told to fail"],
  ["also where it says nothing", { fail: "silently flight-plan" }, "is empty"],
])(
  "an engine that changes the workspace while it is only asked to plan is found out: %s",
  async (_, then, fault = "") => {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const report = await startRun(
      crew,
      request(place, "engine", { plant: "planted", counter: place.counter, ...then }),
    );
    expect(report).toMatchObject({ reason: "flight_plan_mutated_workspace", exit_code: 5 });
    expect([report.message?.includes("planted"), effects(place)]).toEqual([true, 0]);
    expect(report.message).toContain(fault);
  },
);

function endOf(error: unknown): Pick<RunReport, "reason" | "exit_code" | "next"> {
  if (!(error instanceof CabincrewError)) throw error;
  return { reason: error.code, exit_code: error.exitCode, next: error.next };
}
