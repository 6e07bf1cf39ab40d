/** A21: the conformance check passes the shipped templates and finds what engines do wrong. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { type CheckName, checkEngine, resolveEngine } from "../../engines/index.ts";
import type { JsonObject } from "../../schema/index.ts";
import { fixtures, scratch } from "./launch/scene.ts";

const templates = path.join(import.meta.dirname, "../../engines/templates");
const hasPython = (() => {
  try {
    execFileSync("python3", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

async function check(place: string, config?: JsonObject) {
  const engine = await resolveEngine(place, { cwd: "/", engineDirs: [] });
  return checkEngine(engine, config ? { config } : {});
}

async function failures(name: string): Promise<CheckName[]> {
  const { checks } = await check(path.join(fixtures, name));
  return checks.filter(({ status }) => status === "fail").map((each) => each.name);
}

async function expectAllPassed(place: string, config?: JsonObject): Promise<void> {
  const { checks, ok } = await check(place, config);
  expect(checks.filter(({ status }) => status !== "pass")).toEqual([]);
  expect(checks.find(({ name }) => name === "as-planned")?.explanation).toMatch(/^[1-9]/);
  expect(ok).toBe(true);
}

describe("a check that is interrupted", () => {
  it("says so, rather than what was seen until then", async () => {
    const engine = await resolveEngine(path.join(templates, "shell"), { cwd: "/", engineDirs: [] });
    const checked = checkEngine(engine, { signal: AbortSignal.abort("SIGINT") });
    await expect(checked).rejects.toMatchObject({ code: "interrupted" });
  });
});

describe("the templates", () => {
  it("in shell passes every check", () => expectAllPassed(path.join(templates, "shell")));

  it.each(["find", "sort", "xargs", "sha256sum"])("in shell plans nothing when %s fails", (tool) => {
    const place = scratch();
    const at = (name: string) => path.join(place, name);
    for (const name of ["tools", "workspace", "artifacts", "temp"]) mkdirSync(at(name));
    writeFileSync(at(`tools/${tool}`), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    writeFileSync(at("workspace/file"), "content");
    const env = {
      PATH: `${at("tools")}:${process.env["PATH"]}`,
      CABINCREW_WORKSPACE: at("workspace"),
      CABINCREW_ARTIFACTS_DIR: at("artifacts"),
      CABINCREW_TEMP_DIR: at("temp"),
    };
    const engine = path.join(templates, "shell", "engine.sh");
    const input = '{"protocol_version":"draft"}';
    const planned = spawnSync(engine, ["--mode", "flight-plan"], { env, input, encoding: "utf8" });
    expect(planned.status).not.toBe(0);
    expect(planned.stdout).toBe("");
  });

  it.skipIf(!hasPython)("in Python passes every check (needs python3)", () =>
    expectAllPassed(path.join(templates, "python"), { license: "MIT" }),
  );

  it("in TypeScript passes every check once built as its README says", async () => {
    const built = scratch();
    cpSync(path.join(templates, "typescript"), built, { recursive: true });
    const outfile = path.join(built, "engine.mjs");
    await build({
      entryPoints: [path.join(built, "engine.ts")],
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error",
    });
    chmodSync(outfile, 0o755);
    await expectAllPassed(built);
  });
});

describe("the check", () => {
  it("never writes the workspace it is given", async () => {
    const workspace = scratch();
    writeFileSync(path.join(workspace, "file"), "content");
    const engine = await resolveEngine(path.join(templates, "shell"), { cwd: "/", engineDirs: [] });
    expect((await checkEngine(engine, { workspace })).ok).toBe(true);
    expect(() => readFileSync(path.join(workspace, "SHA256SUMS"))).toThrow();
  });

  it("finds an engine that accepts anything", async () => {
    expect(await failures("noop")).toEqual(["refuses-garbage", "refuses-unknown-mode"]);
  });

  it("finds stdout with more than the receipt", async () => {
    expect(await failures("two-documents")).toEqual(expect.arrayContaining(["receipt", "stdout"]));
  });

  it("finds a flight-plan that writes the workspace and skips take-off then", async () => {
    const { checks, ok } = await check(path.join(fixtures, "writes"));
    const status = Object.fromEntries(checks.map((each) => [each.name, each]));
    expect(ok).toBe(false);
    expect(status["workspace-untouched"]).toMatchObject({
      status: "fail",
      explanation: expect.stringContaining("added written"),
    });
    expect(status["take-off"]).toMatchObject({ status: "skip" });
  });

  // What each bad engine does in addition to the shell template's flow, and the check that must notice.
  it.each([
    [
      "an artifact that is not in the receipt",
      'mkdir "$CABINCREW_ARTIFACTS_DIR/extra"; echo "{}" > "$CABINCREW_ARTIFACTS_DIR/extra/artifact.json"',
      "flight-plan",
      "artifacts",
    ],
    ["an undeclared file", 'echo x > "$CABINCREW_ARTIFACTS_DIR/sums/extra"', "flight-plan", "artifacts"],
    ["a link instead of a body", 'ln -sf /etc/passwd "$CABINCREW_ARTIFACTS_DIR/sums/body"', "flight-plan", "artifacts"],
    [
      "an artifact changed after it was listed",
      'echo " " >> "$CABINCREW_ARTIFACTS_DIR/sums/artifact.json"',
      "flight-plan",
      "artifacts",
    ],
    ["a plan that differs each time", 'date +%N > "$CABINCREW_ARTIFACTS_DIR/sums/body"', "flight-plan", "repeatable"],
    ["a take-off that does something else", 'echo more >> "$CABINCREW_WORKSPACE/SHA256SUMS"', "take-off", "as-planned"],
    ["a take-off that is not idempotent", 'echo more >> "$CABINCREW_WORKSPACE/log"', "take-off", "idempotent"],
    [
      "a take-off that needs the original artifacts",
      '[ -e "$(cat "$CABINCREW_WORKSPACE/../where")" ]',
      "take-off",
      "take-off",
    ],
    ["a reconcile that is wrong", 'rm "$CABINCREW_WORKSPACE/SHA256SUMS"', "reconcile-before", "reconcile"],
  ])("finds %s", async (_, script, mode, expected) => {
    const base = scratch();
    mkdirSync(path.join(base, "inner"));
    cpSync(path.join(templates, "shell"), path.join(base, "inner"), { recursive: true });
    const before = mode === "reconcile-before" ? `[ "$2" != reconcile ] || { ${script}; }` : "";
    const after = mode === "reconcile-before" ? "" : `[ "$2" != ${mode} ] || { ${script}; }`;
    const wrapper = `#!/bin/sh
set -e
[ -e "$CABINCREW_WORKSPACE/../where" ] || echo "$CABINCREW_ARTIFACTS_DIR" > "$CABINCREW_WORKSPACE/../where"
${before}
"$(dirname "$0")/inner/engine.sh" "$@"
${after}
`;
    writeFileSync(path.join(base, "run"), wrapper, { mode: 0o755 });
    const manifest = JSON.parse(readFileSync(path.join(templates, "shell/engine.json"), "utf8"));
    writeFileSync(path.join(base, "engine.json"), JSON.stringify({ ...manifest, executable: "run" }));
    const { checks } = await check(base);
    expect(checks.filter(({ status }) => status === "fail").map(({ name }) => name)).toContain(expected);
  });
});
