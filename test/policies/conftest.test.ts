import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { buildPolicyPack, testPolicyPack } from "../../policies/index.ts";
import { packageRoot } from "../../schema/index.ts";
import { adding, input } from "./input.ts";
import { fixturePack, startJudge } from "./packs.ts";

const EXAMPLE = path.join(packageRoot(), "spec", "examples", "conftest");
const OPA = { opa: process.env["OPA"] || "opa" };
const NO_OPA = { opa: "/nonexistent/opa" };
const HAS_OPA = spawnSync(OPA.opa, ["version"]).status === 0;
const HAS_CONFTEST = spawnSync("conftest", ["--version"]).status === 0;

const MANIFESTS = `kind: Deployment
metadata: {name: web}
spec: {replicas: 50, template: {spec: {}}}
---
kind: DaemonSet
metadata: {name: node-agent, labels: {owner: ops}}
spec: {template: {spec: {}}}
---
kind: Secret
metadata: {name: s}
`;

describe("policies written for conftest (spec/examples/conftest)", () => {
  it("find here what conftest finds, and record what their exception lifts", async () => {
    const judge = startJudge([{ directory: fixturePack("from-conftest") }]);
    const contents = { text: async () => MANIFESTS };
    const [main, secrets] = await judge.judge(input([adding("d.yaml", MANIFESTS.split("\n"))]), contents);
    const place = { artifact: "file-0", file: "d.yaml" };
    expect(main?.findings).toEqual([
      { decision: "deny", message: "Deployment web must not run as root", ...place },
      { decision: "deny", message: "web asks for 50 replicas", metadata: { details: { replicas: 50 } }, ...place },
      { decision: "warn", message: "web in d.yaml has no owner", ...place },
    ]);
    expect(main?.evidence["excepted"]).toEqual({
      count: 1,
      findings: [
        { decision: "deny", message: "DaemonSet node-agent must not run as root", set: "deny_root", ...place },
      ],
    });
    expect(secrets?.findings).toEqual([
      { decision: "deny", message: "secrets do not belong into manifests", ...place },
    ]);
  });

  it.runIf(HAS_CONFTEST)("find in conftest itself the same", () => {
    const directory = copyExample();
    writeFileSync(path.join(directory, "d.yaml"), MANIFESTS);
    const args = ["test", "--policy", "policy", "--data", "policy/data", "--all-namespaces", "-o", "json", "d.yaml"];
    const results = JSON.parse(spawnSync("conftest", args, { cwd: directory, encoding: "utf8" }).stdout) as {
      readonly failures?: readonly { readonly msg: string }[];
      readonly warnings?: readonly { readonly msg: string }[];
      readonly exceptions?: readonly unknown[];
    }[];
    const messages = (key: "failures" | "warnings") =>
      results.flatMap((result) => result[key] ?? []).map(({ msg }) => msg);
    expect(messages("failures").sort()).toEqual([
      "Deployment web must not run as root",
      "secrets do not belong into manifests",
      "web asks for 50 replicas",
    ]);
    expect(messages("warnings")).toEqual(["web in d.yaml has no owner"]);
    expect(results.flatMap(({ exceptions }) => exceptions ?? [])).toHaveLength(1);
  });

  it.runIf(HAS_OPA)(
    "become exactly the committed pack, twice, with every judging package as an entry point",
    async () => {
      const directory = path.join(copyExample(), "policy");
      for (let time = 0; time < 2; time += 1) {
        const manifest = await buildPolicyPack(directory, OPA);
        expect(manifest).toMatchObject({
          entrypoints: ["main", "secrets"],
          input: { view: "file" },
          data: "data.json",
        });
        const [built, committed] = [directory, fixturePack("from-conftest")].map((pack) => ({
          wasm: readFileSync(path.join(pack, "policy.wasm")),
          data: JSON.parse(readFileSync(path.join(pack, "data.json"), "utf8")),
        }));
        expect(built?.data).toEqual(committed?.data);
        expect(committed && built?.wasm.equals(committed.wasm)).toBe(true);
      }
    },
  );

  it.runIf(HAS_OPA)("bring their tests, which run with their data", async () => {
    const directory = path.join(copyExample(), "policy");
    const tests = await testPolicyPack(directory, OPA);
    expect(tests.map(({ name, file, outcome }) => [name, file, outcome])).toEqual([
      ["data.main_test.test_root_is_denied", "deployment_test.rego", "passed"],
      ["data.main_test.test_replicas_are_limited", "deployment_test.rego", "passed"],
    ]);
    writeFileSync(path.join(directory, "data/limits/kubernetes.yaml"), "replicas: 500\n");
    expect((await testPolicyPack(directory, OPA)).map(({ outcome }) => outcome)).toEqual(["passed", "failed"]);
  });
});

describe.runIf(HAS_OPA)("building a folder of Rego", () => {
  it("takes data from wherever it is told, and the view", async () => {
    const directory = folder({ "a.rego": "package a\n\ndeny contains data.words.no\n" });
    const data = folder({ "words.json": '{"words": {"no": "not that"}}', "other.rego": "package other\n" });
    const manifest = await buildPolicyPack(directory, { ...OPA, data: [data], view: "documents" });
    expect(manifest).toMatchObject({ input: { view: "documents" }, data: "data.json", entrypoints: ["a"] });
    const [evaluation] = await startJudge([{ directory }]).judge(input([]));
    expect(evaluation?.reason).toBe("not that");
  });

  it("shows the plan to policies that speak of it", async () => {
    const directory = folder({ "a.rego": 'package a.b\n\nwarn_size contains "x" if input.summary.files > 3\n' });
    const manifest = await buildPolicyPack(directory, OPA);
    expect(manifest.entrypoints).toEqual(["a/b"]);
    expect(manifest.input).toBeUndefined();
  });

  it("says of a folder that is not there that it is not, whether or not it would have a pack.json", async () => {
    await expect(buildPolicyPack(path.join(folder({}), "none"), OPA)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(/Reading the policies in .*none: it does not exist/),
      next: "Name a folder with Rego.",
    });
  });

  it("builds Rego from before OPA 1.0 when told so, and again without being told", async () => {
    const directory = folder({ "a.rego": 'package a\n\ndeny[msg] { msg := "old" }\n' });
    await expect(buildPolicyPack(directory, OPA)).rejects.toMatchObject({
      message: expect.stringMatching(/opa parse: a\.rego:3: `if` keyword is required/),
      next: expect.stringContaining("--rego v0"),
    });
    expect(await buildPolicyPack(directory, { ...OPA, regoVersion: "v0" })).toMatchObject({ rego_version: "v0" });
    expect(await buildPolicyPack(directory, OPA)).toMatchObject({ rego_version: "v0" });
  });

  it("builds a package whose function refers to a rule of the package, as opa itself does not", async () => {
    const rego = `package a.b

named(part) if startswith(engine, part)
engine := input.workflow.id
deny contains "exec is taken" if named("ex")
deny_later contains "lifted" if named("ex")
warn contains "free is free" if named("free")
exception contains ["later"] if named("ex")
`;
    const directory = folder({ "a.rego": rego });
    const first = await buildPolicyPack(directory, { ...OPA, view: "plan" });
    expect(first.entrypoints).toEqual(["a/b"]);
    expect(await buildPolicyPack(directory, OPA)).toEqual(first);
    const [evaluation] = await startJudge([{ directory }]).judge(input([]));
    expect(evaluation?.evidence).toMatchObject({ excepted: { count: 1 } });
    expect(evaluation?.findings?.map(({ message }) => message)).toEqual(["exec is taken"]);
  });

  it("writes messages as opa does", async () => {
    const rego = 'package a\n\ndeny contains sprintf("%q of %v at %d, %v", ["x", ["a", {"b": 1}], 2.5, 1.5])\n';
    const directory = folder({ "a.rego": rego });
    await buildPolicyPack(directory, { ...OPA, view: "plan" });
    const [evaluation] = await startJudge([{ directory }]).judge(input([]));
    expect(evaluation?.reason).toBe('"x" of ["a", {"b": 1}] at %!d(float64=2.5), 1.5');
  });

  it("names file and line of a builtin that policies have not here", async () => {
    const directory = folder({ "a.rego": 'package a\n\ndeny contains "x" if {\n\thttp.send({})\n}\n' });
    await expect(buildPolicyPack(directory, OPA)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(/a\.rego:4: .*undefined function http\.send/),
      next: expect.stringContaining("no network"),
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["no rule that judges", { "a.rego": "package a\n\nallow := true\n" }, /no Rego with rules named deny/],
    ["nothing at all", {}, /no Rego with rules named deny/],
    ["Rego that does not parse", { "a.rego": "package a\n\ndeny {\n" }, /a\.rego/],
    ["a manifest that is no JSON", { "a.rego": "package a\n", "pack.json": "{" }, /pack\.json/],
    [
      "data that contradict",
      { "a.rego": 'package a\n\ndeny contains "x"\n', "data/a.json": '{"x":1}', "data/b.json": '{"x":2}' },
      /merge error/,
    ],
  ])("is refused with %s", async (_, files, message) => {
    await expect(buildPolicyPack(folder(files), OPA)).rejects.toMatchObject({
      code: "config_invalid",
      message: expect.stringMatching(message),
    });
  });

  it("is refused where there is no such folder", async () => {
    await expect(buildPolicyPack("/nowhere/at/all", OPA)).rejects.toMatchObject({ code: "config_invalid" });
    await expect(testPolicyPack("/nowhere/at/all", OPA)).rejects.toMatchObject({ code: "config_invalid" });
  });

  it("refuses tests that do not compile, and where no test runs: none there, or all skipped (POL-14)", async () => {
    const broken = folder({ "a.rego": "package a\n", "a_test.rego": "package a_test\n\ntest_x if nothing.such\n" });
    await expect(testPolicyPack(broken, OPA)).rejects.toMatchObject({
      message: expect.stringMatching(/a_test\.rego:3/),
    });
    const later = { "a_test.rego": "package a_test\n\ntodo_test_x if true\n" };
    for (const [files, why] of [
      [{}, /no Rego/],
      [{ "a.rego": "package a\n" }, /has none/],
      [later, /skipped/],
    ] as const)
      await expect(testPolicyPack(folder(files), OPA)).rejects.toMatchObject({
        code: "config_invalid",
        message: expect.stringMatching(why),
      });
  });
});

describe("policy build and policy test", () => {
  it("say how to get opa where there is none, with exit code 2", () => {
    for (const verb of ["build", "test"]) {
      const { status, stderr } = cabincrew(["policy", verb, path.join(EXAMPLE, "policy")], NO_OPA.opa);
      expect(status).toBe(2);
      expect(stderr).toMatch(/there is no program .*opa/);
      expect(stderr).toMatch(/go install github\.com\/open-policy-agent\/opa@v/);
    }
  });

  it.runIf(HAS_OPA)("build and test a folder, and end with 1 where a test fails", () => {
    const directory = path.join(copyExample(), "policy");
    const built = cabincrew(["policy", "build", directory], OPA.opa);
    expect(built.stdout).toMatch(/entry points {2}main, secrets\nsees .*each document of each changed file/);
    expect(cabincrew(["policy", "test", directory], OPA.opa)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/2 passed, 0 failed, 0 skipped/),
    });
    writeFileSync(
      path.join(directory, "bad_test.rego"),
      "package bad_test\n\ntest_bad if false\n\ntodo_test_later if true\n",
    );
    const failed = cabincrew(["policy", "test", directory, "--json"], OPA.opa);
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      passed: 2,
      failed: 1,
      skipped: 1,
      tests: [{ name: "data.bad_test.test_bad", file: "bad_test.rego", line: 3, outcome: "failed" }, {}, {}, {}],
    });
  });
});

function cabincrew(args: readonly string[], opa: string) {
  const environment = { PATH: process.env["PATH"], HOME: tmpdir(), OPA: opa };
  const program = path.join(packageRoot(), "bin", "cabincrew.cjs");
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8", env: environment });
}

function copyExample(): string {
  const copy = scratch();
  cpSync(EXAMPLE, copy, { recursive: true });
  return copy;
}

function folder(files: Readonly<Record<string, string>>): string {
  const directory = scratch();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return directory;
}

function scratch(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "rego-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
