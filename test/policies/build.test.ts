import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { buildPolicyPack, checkPolicyPack } from "../../policies/build.ts";
import { HOST_BUILTINS } from "../../policies/host-builtins.ts";
import { builtinPolicyPack, loadPolicyPack } from "../../policies/index.ts";
import { packageRoot } from "../../schema/index.ts";
import { change, input } from "./input.ts";
import { copyPack, fixturePack, startJudge } from "./packs.ts";

const DEFAULT = builtinPolicyPack("default");
const NO_OPA = { opa: "/nonexistent/opa" };
const OPA = { opa: process.env["OPA"] || "opa" };
const HAS_OPA = canRun(OPA.opa);

describe("checking a pack without opa", () => {
  it("passes while the sources are those the manifest names, and says what it did not do", async () => {
    const { problems, skipped } = await checkPolicyPack(DEFAULT, NO_OPA);
    expect(problems).toEqual([]);
    expect(skipped).toEqual([expect.stringContaining("no opa here")]);
  });

  it("finds a source that changed after the pack was built", async () => {
    const copy = copyPack(DEFAULT);
    writeFileSync(path.join(copy, "size.rego"), "package cabincrew.workspace\n");
    expect((await checkPolicyPack(copy, NO_OPA)).problems).toEqual([expect.stringContaining("build the pack again")]);
  });

  it("refuses to build", async () => {
    await expect(buildPolicyPack(copyPack(DEFAULT), NO_OPA)).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("what policies may call", () => {
  it("is what opa-wasm implements, and nothing that reaches the clock, the network, chance or the host", () => {
    const directory = path.join(
      packageRoot(),
      "node_modules",
      "@open-policy-agent",
      "opa-wasm",
      "src",
      "builtins",
      "index.js",
    );
    const names = execFileSync(process.execPath, ["-p", `Object.keys(require(${JSON.stringify(directory)})).join()`]);
    expect(String(names).trim().split(",").sort()).toEqual([...HOST_BUILTINS].sort());
    const capabilities = JSON.parse(readFileSync(path.join(packageRoot(), "policies", "capabilities.json"), "utf8"));
    const allowed = new Set(capabilities.builtins.map(({ name }: { name: string }) => name));
    for (const name of [
      "http.send",
      "opa.runtime",
      "time.now_ns",
      "rand.intn",
      "trace",
      "net.lookup_ip_addr",
      "uuid.rfc4122",
    ])
      expect(allowed).not.toContain(name);
    for (const name of ["sprintf", "regex.match", "startswith", "count", "walk"]) expect(allowed).toContain(name);
  });
});

describe.runIf(HAS_OPA)("building a pack with opa", () => {
  it("gives the committed bytes again when opa is the same, and runs the Rego tests", async () => {
    expect((await checkPolicyPack(DEFAULT, OPA)).problems).toEqual([]);
  });

  it("makes a pack of Rego and a manifest's head that judges", async () => {
    const copy = copyPack(fixturePack("blowup"));
    rmSync(path.join(copy, "policy.wasm"));
    writeFileSync(
      path.join(copy, "policy.rego"),
      'package own\n\nwarn contains sprintf("%d", [input.summary.files])\n',
    );
    const head = { format: "cabincrew.policy-pack/1", id: "own", version: "1", entrypoints: ["own"] };
    writeFileSync(path.join(copy, "pack.json"), JSON.stringify(head));
    const { wasm_sha256 } = await buildPolicyPack(copy, OPA);
    expect(await loadPolicyPack(copy)).toMatchObject({ id: "own" });
    expect(await buildPolicyPack(copy, OPA)).toMatchObject({ wasm_sha256 });
    const evaluations = await startJudge([{ directory: copy }]).judge(input([change("a.ts")]));
    expect(evaluations).toMatchObject([{ policy_id: "own", decision: "warn", reason: "1" }]);
  });

  it("refuses a builtin that the runtime has not, with opa's own words", async () => {
    const copy = copyPack(fixturePack("missing-builtin"));
    await expect(buildPolicyPack(copy, OPA)).rejects.toThrow(/undefined function http\.send/);
  });

  it("reports failing Rego tests", async () => {
    const copy = copyPack(DEFAULT);
    writeFileSync(path.join(copy, "wrong_test.rego"), "package wrong_test\n\ntest_wrong if false\n");
    expect((await checkPolicyPack(copy, OPA)).problems).toEqual([expect.stringContaining("test_wrong")]);
  });
});

function canRun(program: string): boolean {
  try {
    execFileSync(program, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
