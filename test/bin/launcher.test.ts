import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";

const LAUNCHER = path.join(import.meta.dirname, "..", "..", "bin", "cabincrew.cjs");
const DIGEST = "d".repeat(64);
const bundle = (said: string, digest = DIGEST) =>
  `exports.start = () => process.stdout.write(${JSON.stringify(said)});\n//# ${digest}\n`;

/** A package of its own: the real launcher, a bundle, perhaps a compiled form of it. */
function installed(
  source: string | undefined,
  cache?: Buffer,
  ahead?: string,
): () => { status: number | null; stdout: string; stderr: string } {
  const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-launcher-"));
  for (const folder of ["bin", "dist"]) mkdirSync(path.join(root, folder));
  const launcher = path.join(root, "bin", "cabincrew.cjs");
  copyFileSync(LAUNCHER, launcher);
  if (source !== undefined) writeFileSync(path.join(root, "dist", "cli.cjs"), source);
  if (cache !== undefined) writeFileSync(path.join(root, "dist", "cli.cache"), cache);
  if (ahead !== undefined) writeFileSync(path.join(root, "dist", "ahead.cjs"), ahead);
  return () => {
    try {
      return spawnSync(process.execPath, [launcher], { encoding: "utf8", env: { HOME: root } });
    } finally {
      rmSync(root, { recursive: true });
    }
  };
}

/** The compiled form of a source, as bin/code-cache.mjs writes it. */
function compiled(source: string, digest = DIGEST): Buffer {
  const { compile, evaluate } = createRequire(import.meta.url)(LAUNCHER);
  const script = compile(source, undefined);
  evaluate(script);
  return Buffer.concat([Buffer.from(digest), script.createCachedData()]);
}

describe("the launcher", () => {
  test("says how to build when the bundle is missing", () => {
    const { status, stderr } = installed(undefined)();
    expect(status).toBe(2);
    expect(stderr).toContain("npm run build");
  });

  test("refuses in its own words, whatever lies beside the package", () => {
    const beside = mkdtempSync(path.join(os.tmpdir(), "cabincrew-launcher-"));
    for (const folder of ["locales", "package/bin", "package/dist"])
      mkdirSync(path.join(beside, folder), { recursive: true });
    const said = { one: "Fine.", other: "Fine." };
    const locale = JSON.stringify({ "Unknown command: %s": said, "Unknown argument: %s": said });
    for (const name of ["en.json", "en_US.json"]) writeFileSync(path.join(beside, "locales", name), locale);
    const launcher = path.join(beside, "package", "bin", "cabincrew.cjs");
    copyFileSync(LAUNCHER, launcher);
    copyFileSync(path.join(LAUNCHER, "../../dist/cli.cjs"), path.join(beside, "package", "dist", "cli.cjs"));
    const { stderr } = spawnSync(process.execPath, [launcher, "lst"], { encoding: "utf8", env: { HOME: beside } });
    rmSync(beside, { recursive: true });
    expect(stderr).toContain('There is no verb "lst".');
  });

  test("names the cause when the bundle is there and cannot be read, as a document too", () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-launcher-"));
    mkdirSync(path.join(root, "bin"));
    mkdirSync(path.join(root, "dist", "cli.cjs"), { recursive: true });
    const launcher = path.join(root, "bin", "cabincrew.cjs");
    copyFileSync(LAUNCHER, launcher);
    const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, "list", "--json"], { encoding: "utf8" });
    rmSync(root, { recursive: true });
    expect(stderr).toMatch(/cannot read its own program .*: EISDIR/);
    expect([status, JSON.parse(stdout)]).toMatchObject([1, { error: { code: "internal" }, exit_code: 1 }]);
  });

  test.runIf(existsSync("/dev/full"))("says that a text could not be written, and exits 1", () => {
    const script = '"$0" "$1" --version > /dev/full';
    const done = spawnSync("sh", ["-c", script, process.execPath, LAUNCHER], { encoding: "utf8" });
    expect([done.status, done.stderr]).toEqual([1, expect.stringContaining("could not be written")]);
  });

  test("starts the bundle without a compiled form", () => {
    expect(installed(bundle("started"))().stdout).toBe("started");
  });

  test("starts it with the compiled form", () => {
    expect(installed(bundle("started"), compiled(bundle("started")))().stdout).toBe("started");
  });

  test.each([
    ["empty", Buffer.alloc(0)],
    ["garbage", Buffer.concat([Buffer.from(DIGEST), Buffer.from("garbage".repeat(100))])],
    ["cut off", compiled(bundle("started")).subarray(0, 200)],
  ])("ignores a compiled form that is %s", (_name, cache) => {
    const { stdout, stderr } = installed(bundle("started"), cache)();
    expect([stdout, stderr]).toEqual(["started", ""]);
  });

  test("begins what a run waits for before it loads the bundle, and hands it over", () => {
    const ahead = 'exports.beginAhead = (words) => { process.stdout.write("ahead, "); return words; };';
    const source = `exports.start = (begun) => process.stdout.write("started with " + JSON.stringify(begun));\n//# ${DIGEST}\n`;
    expect(installed(source, undefined, ahead)().stdout).toBe("ahead, started with []");
  });

  test.each([
    ["throws", "exports.beginAhead = () => { throw new Error(); };"],
    ["is no program", "?"],
  ])("starts the bundle all the same when what comes before it %s", (_name, ahead) => {
    const { stdout, stderr } = installed(bundle("started"), undefined, ahead)();
    expect([stdout, stderr]).toEqual(["started", ""]);
  });

  test("never runs the compiled form of another bundle, even one of the same length", () => {
    const other = compiled(bundle("WRONG!!", "e".repeat(64)), "e".repeat(64));
    expect(installed(bundle("started"), other)().stdout).toBe("started");
  });
});
