import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const REPOSITORY = path.join(import.meta.dirname, "../../..");
const MODULES = path.join(REPOSITORY, "node_modules");
const COMPILER = path.join(MODULES, "typescript", "bin", "tsc");

/** What somebody writes who knows the README and the types. */
const CONSUMER = `
import { CabincrewError, decideApproval, openCrew, resumeRun, type RunReport, startRun, verifyLedger } from "cabincrew";

const [, , stateDir = "", workspace = "", configDir = ""] = process.argv;
const crew = await openCrew({ stateDir, configDir, environment: process.env, principal: { id: "ada", proven: false } });
const plan: RunReport = await startRun(crew, {
  workspace,
  engine: { command: ["sh", "-c", "echo FROM scratch > Dockerfile"] },
  config: {},
  permissions: { network: false, env: [], secrets: [], read: [], write: [] },
  sandbox: "auto",
});
if (plan.state === "AWAITING_APPROVAL" && plan.plan_token) {
  await decideApproval(crew, { ref: plan.plan_token, decision: "approve" });
  console.log((await resumeRun(crew, plan.run_id)).state);
}
console.log((await verifyLedger(crew, {})).ok);
try {
  await resumeRun(crew, "0123456789");
} catch (error) {
  console.log(error instanceof CabincrewError && error.code);
}
// @ts-expect-error no such policy of isolation
const wrong: Parameters<typeof startRun>[1]["sandbox"] = "maybe";
await crew.close();
`;

/** What the library offers at run time. A name more is a promise more. */
const NAMES = [
  "CabincrewError",
  "DECISIONS",
  "EXIT",
  "REASONS",
  "RUN_STATES",
  "auditLines",
  "beginRun",
  "buildPolicyPack",
  "builtinPolicyPack",
  "cancelRun",
  "canonicalJson",
  "checkEngine",
  "decideApproval",
  "describeGovernance",
  "diffRun",
  "digestOf",
  "doctor",
  "evaluateFiles",
  "evaluateRun",
  "exitCodeOf",
  "explainRun",
  "exportLines",
  "exportRun",
  "generateApproverKey",
  "importRun",
  "isDecision",
  "isReasonCode",
  "isSha256",
  "latestResumable",
  "listApprovals",
  "listKeys",
  "listRuns",
  "loadGovernance",
  "openCrew",
  "pauseRun",
  "preflightInputOf",
  "prepareRun",
  "readLog",
  "readPrivateKey",
  "replayJudgements",
  "replayRun",
  "resolveEngine",
  "resolveRun",
  "resumeAll",
  "resumeRun",
  "retryRun",
  "sha256",
  "showRun",
  "startRun",
  "testPolicyPack",
  "verifyExport",
  "verifyGuarantees",
  "verifyLedger",
  "writeKey",
];

let root: string;
const inside = (...names: string[]) => path.join(root, ...names);

/** The package as npm would unpack it, beside what a TypeScript project on Node.js has; no types of the package's own tools. */
beforeAll(() => {
  root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-library-"));
  const silent = { stdio: "pipe", encoding: "utf8" } as const;
  execFileSync(process.execPath, [COMPILER, "-p", path.join(REPOSITORY, "bin", "types.json")], silent);
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", root];
  const [{ filename }] = JSON.parse(execFileSync("npm", pack, { ...silent, cwd: REPOSITORY }));
  mkdirSync(inside("node_modules", "cabincrew"), { recursive: true });
  mkdirSync(inside("node_modules", "@types"));
  execFileSync("tar", ["xzf", inside(filename), "-C", inside("node_modules", "cabincrew"), "--strip-components=1"]);
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(path.join(REPOSITORY, "package.json"), "utf8"),
  );
  const optional = Object.keys(optionalDependencies).filter((name) => existsSync(path.join(MODULES, name)));
  for (const name of [...Object.keys(dependencies), ...optional, "@types/node", "undici-types"]) {
    mkdirSync(path.dirname(inside("node_modules", name)), { recursive: true });
    symlinkSync(path.join(MODULES, name), inside("node_modules", name));
  }
  writeFileSync(inside("package.json"), '{"type":"module"}');
  writeFileSync(inside("consumer.ts"), CONSUMER);
  mkdirSync(inside("workspace"));
});

describe("the package in somebody's project", () => {
  it("type checks strictly, its own declarations included, and runs", () => {
    const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--types", "node"];
    const checked = spawnSync(process.execPath, [COMPILER, ...options, "consumer.ts"], { cwd: root, encoding: "utf8" });
    expect(checked.stdout).toBe("");
    const program = [inside("consumer.js"), inside("state"), inside("workspace"), inside("config")];
    const ran = spawnSync(process.execPath, program, { encoding: "utf8" });
    expect([ran.stdout, ran.stderr]).toEqual(["COMPLETED\ntrue\nnot_found\n", ""]);
    expect(readFileSync(inside("workspace", "Dockerfile"), "utf8")).toBe("FROM scratch\n");
  });

  it("offers what is written down here, and nothing of how it is made", () => {
    const list = ["--input-type=module", "-e", 'console.log(Object.keys(await import("cabincrew")).join("\\n"))'];
    const listed = spawnSync(process.execPath, list, { cwd: root, encoding: "utf8" });
    expect([listed.stdout.trim().split("\n"), listed.stderr]).toEqual([NAMES, ""]);
  });

  it("has a command line that judges with the policies and models it brings", () => {
    const program = inside("node_modules", "cabincrew", "bin", "cabincrew.cjs");
    const argv = [program, "run", inside("workspace"), "--state-dir", inside("other"), "--json", "--", "true"];
    const report = JSON.parse(spawnSync(process.execPath, argv, { encoding: "utf8" }).stdout);
    expect(report).toMatchObject({ state: "COMPLETED", decision: "allow" });
    const judged = report.evaluations.map((each: { policy_id: string }) => each.policy_id);
    expect(judged).toEqual(expect.arrayContaining(["agents", "default", "supply-chain", "credentials"]));
  });

  it("brings templates, recipes, schemas and the specification", () => {
    const wanted = [
      ["engines", "templates", "shell", "engine.sh"],
      ["engines", "recipes", "rsync", "cabincrew.yaml"],
      ["schema", "json", "receipt.schema.json"],
      ["spec", "engine-protocol.md"],
      ["LICENSE"],
    ];
    for (const file of wanted)
      expect(readFileSync(inside("node_modules", "cabincrew", ...file)).length).toBeGreaterThan(0);
  });
});
