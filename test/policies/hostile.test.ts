import { execFile } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { builtinPolicyPack } from "../../policies/index.ts";
import { packageRoot, sha256 } from "../../schema/index.ts";
import { change, input } from "./input.ts";
import { copyPack, editManifest, fixturePack, LIMITS, startJudge } from "./packs.ts";

const EDIT = input([change("src/a.ts")]);
const DEFAULT = builtinPolicyPack("default");

/** Judges with the pack between two good ones, which must be evaluated whatever happens to it. */
async function judgeAmongGood(directory: string, limits = {}) {
  const judge = startJudge([{ directory: DEFAULT }, { directory }, { directory: DEFAULT }], limits);
  const [first, bad, last] = await judge.judge(EDIT);
  expect([first, last].map((evaluation) => evaluation?.decision)).toEqual(["allow", "allow"]);
  return bad;
}

/** The default pack with its WebAssembly replaced and the manifest told about it. */
function withWasm(bytes: Uint8Array): string {
  const copy = copyPack(DEFAULT);
  writeFileSync(path.join(copy, "policy.wasm"), bytes);
  return editManifest(copy, { wasm_sha256: sha256(bytes) });
}

describe("a pack that cannot judge is denied and the others judge on", () => {
  const wasm = () => readFileSync(path.join(DEFAULT, "policy.wasm"));

  it.each<[string, string, () => string]>([
    ["wasm_invalid", "truncated WebAssembly", () => withWasm(wasm().subarray(0, 5000))],
    ["wasm_invalid", "an empty file", () => withWasm(new Uint8Array())],
    ["wasm_invalid", "WebAssembly that is no policy", () => withWasm(Buffer.from("0061736d01000000", "hex"))],
    [
      "entrypoint_missing",
      "no such entry point",
      () => editManifest(copyPack(DEFAULT), { entrypoints: ["cabincrew/none"] }),
    ],
    [
      "entrypoint_missing",
      "an entry point of every object",
      () => editManifest(copyPack(DEFAULT), { entrypoints: ["constructor"] }),
    ],
    ["builtin_missing", "http.send and a clock", () => fixturePack("missing-builtin")],
    ["digest_mismatch", "another digest", () => editManifest(copyPack(DEFAULT), { wasm_sha256: "0".repeat(64) })],
    ["pack_invalid", "no such directory", () => path.join(fixturePack("none"))],
    ["pack_invalid", "an unknown key", () => editManifest(copyPack(DEFAULT), { entrypoint: "x" })],
    ["pack_invalid", "a file outside", () => editManifest(copyPack(DEFAULT), { wasm: "../policy.wasm" })],
  ])("%s: %s", async (failure, _, make) => {
    const evaluation = await judgeAmongGood(make());
    expect(evaluation).toMatchObject({ source: "opa", decision: "deny", findings: [] });
    expect(evaluation?.reason).toMatch(/could not judge this plan: /);
    expect(evaluation?.failure).toBe(failure);
  });

  it.each<[string, string, (directory: string) => void]>([
    ["wasm_missing", "no WebAssembly", (directory) => rmSync(path.join(directory, "policy.wasm"))],
    ["wasm_invalid", "WebAssembly cut after its digest was written", (directory) => cut(directory)],
    ["data_invalid", "data that is not JSON", (directory) => writeFileSync(path.join(directory, "data.json"), "{")],
    ["data_invalid", "data that is a list", (directory) => writeFileSync(path.join(directory, "data.json"), "[]")],
    [
      "data_invalid",
      "half a character",
      (directory) => writeFileSync(path.join(directory, "data.json"), '{"a":"\\ud800"}'),
    ],
    ["data_invalid", "data without a bottom", (directory) => nest(path.join(directory, "data.json"))],
    ["wasm_missing", "a link instead of WebAssembly", (directory) => link(directory)],
  ])("%s: %s", async (failure, _, damage) => {
    const copy = copyPack(DEFAULT);
    damage(copy);
    expect((await judgeAmongGood(copy))?.failure).toBe(failure);
  });

  it("timeout: an evaluation that never ends is stopped", async () => {
    const evaluation = await judgeAmongGood(fixturePack("loop"), { timeoutMs: 1500 });
    expect(evaluation).toMatchObject({ policy_id: "loop", decision: "deny", failure: "timeout" });
  });

  it("timeout: loading that never ends is stopped", async () => {
    const evaluation = await judgeAmongGood(fixturePack("loop-at-load"), { timeoutMs: 1500 });
    expect(evaluation).toMatchObject({ policy_id: "loop-at-load", decision: "deny", failure: "timeout" });
  });

  it("memory_limit: a policy gets no more memory than it may use", async () => {
    const evaluation = await judgeAmongGood(fixturePack("blowup"), { memoryBytes: 32 * 1024 * 1024 });
    expect(evaluation).toMatchObject({ decision: "deny", failure: "memory_limit" });
    expect(evaluation?.reason).toMatch(/more than the \d+ MiB of memory .* a plan with fewer changes needs less/);
  });

  it("input_invalid: a plan that is not JSON is not judged", async () => {
    const judge = startJudge([{ directory: DEFAULT }]);
    const [evaluation] = await judge.judge(input([change("src/\ud800.ts")]));
    expect(evaluation).toMatchObject({ policy_id: "default", decision: "deny", failure: "input_invalid" });
  });

  it("crashed: a judge that was closed answers with denials", async () => {
    const judge = startJudge([{ directory: DEFAULT }]);
    await judge.close();
    await judge.close();
    expect(await judge.judge(EDIT)).toMatchObject([{ decision: "deny", failure: "crashed" }]);
  });

  it("judges again after a policy had to be stopped", async () => {
    const judge = startJudge([{ directory: fixturePack("loop") }, { directory: DEFAULT }], { timeoutMs: 1000 });
    for (const _ of [1, 2]) {
      expect(await judge.judge(EDIT)).toMatchObject([{ failure: "timeout" }, { decision: "allow" }]);
    }
  });
});

describe("the worker thread", () => {
  let stdout = "";
  beforeAll(async () => {
    // The bundle has what a program of its own needs: an idle judge, loading or loaded, must not keep a process alive.
    const program = `
      const { build } = require("esbuild");
      build({ stdin: { contents: ${JSON.stringify(PROGRAM)}, resolveDir: ${JSON.stringify(packageRoot())}, loader: "ts" },
        bundle: true, platform: "node", format: "esm", packages: "external", write: false }).then(({ outputFiles }) => {
        const file = ${JSON.stringify(path.join(packageRoot(), "node_modules", ".cache"))} + "/idle-" + process.pid + ".mjs";
        require("node:fs").mkdirSync(require("node:path").dirname(file), { recursive: true });
        require("node:fs").writeFileSync(file, outputFiles[0].text);
        return import("file://" + file).finally(() => require("node:fs").rmSync(file));
      });`;
    const options = { cwd: packageRoot(), timeout: 30_000 };
    ({ stdout } = await promisify(execFile)(process.execPath, ["-e", program], options));
  });

  it("does not keep an idle process alive, but does finish judging", () => {
    expect(stdout).toBe("allow\n");
  });
});

const PROGRAM = `
  import { builtinPolicyPack, startPolicyJudge } from "./policies/index.ts";
  import { change, input } from "./test/policies/input.ts";
  const judge = startPolicyJudge([{ directory: builtinPolicyPack("default") }], ${JSON.stringify(LIMITS)});
  judge.judge(input([change("src/a.ts")])).then(([evaluation]) => console.log(evaluation.decision));
`;

function cut(directory: string): void {
  const file = path.join(directory, "policy.wasm");
  truncateSync(file, 100_000);
  editManifest(directory, { wasm_sha256: sha256(readFileSync(file)) });
}

function link(directory: string): void {
  rmSync(path.join(directory, "policy.wasm"));
  symlinkSync(path.join(DEFAULT, "policy.wasm"), path.join(directory, "policy.wasm"));
}

function nest(file: string): void {
  const depth = 200_000;
  writeFileSync(file, `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
}
