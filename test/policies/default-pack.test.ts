import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { builtinPolicyPack, startPolicyJudge } from "../../policies/index.ts";
import type { FileChange, JsonObject, PreflightInput } from "../../schema/index.ts";
import { adding, change, input } from "./input.ts";
import { LIMITS, startJudge } from "./packs.ts";

const DEFAULT = builtinPolicyPack("default");
const judge = startPolicyJudge([{ directory: DEFAULT, origin: "builtin" }], LIMITS);
afterAll(() => judge.close());

async function evaluate(plan: PreflightInput) {
  const [evaluation] = await judge.judge(plan);
  if (!evaluation || evaluation.failure) throw new Error(evaluation?.reason);
  return evaluation;
}

/** `decision rule` of every finding, without the pack's name. */
async function rules(plan: PreflightInput): Promise<string[]> {
  const { findings } = await evaluate(plan);
  return findings.map(({ decision, rule }) => `${decision} ${rule?.replace("workspace/", "")}`);
}

const KEY = ["-----BEGIN OPENSSH PRIVATE KEY-----", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ"];
const PERMISSIONS = input([]).permissions;

describe("the default pack", () => {
  it("allows a small edit of a source file without a word", async () => {
    expect(await evaluate(input([change("src/app.ts")]))).toMatchObject({
      policy_id: "default",
      decision: "allow",
      reason: "no rule objects",
      findings: [],
      evidence: { origin: "builtin" },
    });
  });

  it("allows a plan that changes nothing", async () => {
    expect(await rules(input([]))).toEqual([]);
  });

  it("names file, line, severity and what to do", async () => {
    const { findings, decision } = await evaluate(input([adding("deploy/notes.txt", ["Notes", ...KEY])]));
    expect(decision).toBe("deny");
    expect(findings).toEqual([
      {
        decision: "deny",
        rule: "workspace/private-key",
        severity: "critical",
        message: "deploy/notes.txt gets a private key; whoever reads the file can act with it.",
        artifact: "file-0",
        file: "deploy/notes.txt",
        line: 2,
        fix: "Remove the key, keep it outside the workspace, and replace it if it was ever shared.",
      },
    ]);
  });

  it.each<[string, FileChange, readonly string[]]>([
    ["a Git hook", adding(".git/hooks/pre-commit", ["#!/bin/sh"]), ["deny git-write"]],
    ["a nested Git directory", adding("vendor/lib/.git/config", ["[core]"]), ["deny git-write"]],
    ["a file moved out of .git", change("c", { op: "rename", old_path: ".git/config" }), ["deny git-write"]],
    ["a link into .git", change("h", { entry: "symlink", link_target: "./.git/hooks" }), ["deny git-link"]],
    ["an SSH key", adding("keys/id_ed25519", KEY), ["deny credential-file", "deny private-key"]],
    ["an environment file", adding(".env.local", ["A=b"]), ["deny credential-file"]],
    ["its example", adding(".env.example", ["A="]), []],
    [
      "a PKCS 12 file",
      change("a.p12", { op: "create", binary: true }),
      ["deny credential-file", "require_approval binary"],
    ],
    ["a workflow", change(".github/workflows/ci.yml"), ["require_approval ci"]],
    ["a deleted workflow", change(".github/workflows/ci.yml", { op: "delete" }), ["require_approval ci"]],
    ["a Dockerfile", change("services/api/Dockerfile"), ["require_approval container"]],
    [
      "a new executable",
      change("run.sh", { executable: true, became_executable: true }),
      ["require_approval executable"],
    ],
    ["an executable's edit", change("run.sh", { executable: true }), []],
    ["a set-id bit", change("run", { setid: true, mode: "4755" }), ["require_approval setid"]],
    ["a link outside", change("a/l", { entry: "symlink", link_target: "../../x" }), ["require_approval link-outside"]],
    ["a link inside", change("a/l", { entry: "symlink", link_target: "../x" }), []],
    ["a change too large to show", change("a.ts", { truncated: true }), ["require_approval unseen"]],
    ["names with control characters", change('src/a\u0000\n"é😀.ts'), []],
  ])("%s", async (_, file, expected) => {
    expect(await rules(input([file]))).toEqual(expected);
  });

  it("judges text in artifacts that are no file changes, but not what a diff removes", async () => {
    const artifact = (body: string) => ({
      artifacts: [
        { ...input([change("x")]).artifacts[0], name: "plan", body } as PreflightInput["artifacts"][number],
      ].map(({ change: _, ...rest }) => rest),
    });
    expect(await rules(input([], artifact(KEY.join("\n"))))).toEqual(["deny private-key-artifact"]);
    expect(await rules(input([], artifact(KEY.map((line) => `-${line}`).join("\n"))))).toEqual([]);
  });

  it.each<[string, Partial<PreflightInput["permissions"]>, readonly string[]]>([
    ["network", { network: true }, ["warn network"]],
    ["secrets", { secrets: ["TOKEN"] }, []],
    ["network and secrets", { network: true, secrets: ["TOKEN"] }, ["require_approval network-and-secrets"]],
    ["another writable root", { write: ["/srv/other"] }, ["require_approval write-outside"]],
  ])("permissions: %s", async (_, permissions, expected) => {
    expect(await rules(input([change("a.ts")], { permissions: { ...PERMISSIONS, ...permissions } }))).toEqual(expected);
  });

  it.each([
    [400, []],
    [401, ["warn many-lines"]],
    [4000, ["warn many-lines"]],
    [4001, ["require_approval too-many-lines"]],
  ])("size: %i changed lines", async (lines, expected) => {
    expect(await rules(input([change("a.ts", { insertions: lines, deletions: 0 })]))).toEqual(expected);
  });

  it.each([
    [50, []],
    [51, ["require_approval many-deletions"]],
  ])("size: %i deleted files", async (files, expected) => {
    const deleted = Array.from({ length: files }, (_, index) =>
      change(`old/${index}.ts`, { op: "delete", insertions: 0, added: [] }),
    );
    expect(await rules(input(deleted))).toEqual(expected);
  });

  it("judges plans of thousands of changes, and several plans at once", async () => {
    const many = Array.from({ length: 3000 }, (_, index) => change(`src/generated/${index}.ts`, { deletions: 0 }));
    const plans = [input([...many, change("action.yml")]), input([change("a.ts")]), input([change("Dockerfile")])];
    expect(await Promise.all(plans.map(rules))).toEqual([
      ["require_approval ci", "warn many-lines"],
      [],
      ["require_approval container"],
    ]);
  });

  it("denies a document of another form rather than seeing nothing in it", async () => {
    const other = { ...input([change("a.ts")]), format: "cabincrew.preflight/2" } as unknown as PreflightInput;
    expect(await rules(other)).toEqual(["deny input-unknown"]);
  });
});

describe("the default pack's data", () => {
  it.each<[string, JsonObject, FileChange, readonly string[]]>([
    ["another threshold", { thresholds: { warn_lines: 1 } }, change("a.ts"), ["warn workspace/many-lines"]],
    [
      "a threshold that is no number",
      { thresholds: { warn_lines: "1" } },
      change("a.ts"),
      ["deny workspace/threshold-invalid"],
    ],
    ["an unknown threshold", { thresholds: { lines: 1 } }, change("a.ts"), ["deny workspace/threshold-unknown"]],
    ["a name taken off a list", { paths: { ci: { files: { "action.yml": false } } } }, change("action.yml"), []],
    [
      "a name put on a list",
      { paths: { ci: { files: { "build.xml": true } } } },
      change("build.xml"),
      ["require_approval workspace/ci"],
    ],
    ["a list that is none", { paths: { ci: ["build.xml"] } }, change("a.ts"), ["deny workspace/list-invalid"]],
  ])("%s", async (_, data, file, expected) => {
    const [evaluation] = await startJudge([{ directory: DEFAULT, data }]).judge(input([file]));
    expect(evaluation?.findings.map(({ decision, rule }) => `${decision} ${rule}`)).toEqual(expected);
  });
});

describe("the default pack's sources", () => {
  it("annotate every rule with title, description, rule id, severity and fix, each id once", () => {
    const sources = readdirSync(DEFAULT).filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
    const text = sources.map((name) => readFileSync(path.join(DEFAULT, name), "utf8")).join("\n");
    const heads = text.match(/^(deny|warn|require_approval) contains /gm) ?? [];
    const annotation =
      /# METADATA\n# title: .+\n# description: .+\n# custom:\n# {3}rule: workspace\/([a-z-]+)\n# {3}severity: (?:critical|high|medium|low)\n# {3}fix: .+\n(?:deny|warn|require_approval) contains /g;
    const ids = [...text.matchAll(annotation)].map(([, id]) => id);
    expect(ids.length).toBe(heads.length);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
