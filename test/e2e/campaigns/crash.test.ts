import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";

const CAMPAIGN = path.join(import.meta.dirname, "..", "..", "campaigns", "crash", "campaign.mjs");

/** The campaign's tracer needs Linux and a C compiler; where there is none, these are reported as skipped. */
const possible = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

/** A few cases of the campaign, always the same ones. */
describe.runIf(possible)("a slice of the crash campaign", () => {
  it.each([
    ["everything dies at once", ["--kill", "all", "--call", "fsync"]],
    ["one process dies", ["--kill", "self", "--call", "rename"]],
    ["a call fails", ["--error", "ENOSPC", "--call", "fsync"]],
  ])("%s in a run that must not take effect twice", (_what, options) => {
    const words = ["--only", "strikes", "--verb", "run", "--engine", "once", "--sample", "1", ...options];
    const { stdout, stderr } = spawnSync(process.execPath, [CAMPAIGN, ...words], { encoding: "utf8" });
    expect(stdout.trimEnd().split("\n").at(-1), stdout + stderr).toMatch(/^[1-9]\d* passed, 0 failed$/);
  });
});
