import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { campaign } from "./campaign.ts";

/** The campaign's tracer needs Linux and a C compiler; where there is none, these are reported as skipped. */
const possible = process.platform === "linux" && spawnSync("cc", ["--version"]).status === 0;

/** A few cases of the campaign, always the same ones. */
describe.runIf(possible)("a slice of the crash campaign", () => {
  it("has a run end rightly where everything, or one process, died before a flush, and where a flush failed", () => {
    const strikes = ["--only", "kills,errors", "--call", "fsync", "--error", "ENOSPC", "--sample", "1"];
    const { lastLine, printed } = campaign("crash", "--verb", "run", "--engine", "once", ...strikes);
    expect(lastLine, printed).toMatch(/^[1-9]\d* passed, 0 failed$/);
  });
});
