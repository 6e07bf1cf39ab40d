import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockRun } from "../../../orchestrator/drive/lock.ts";
import { CabincrewError } from "../../../schema/index.ts";

describe("the lock of a run", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "cabincrew-lock-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("is one file and no more while it is held, and keeps everybody else out until it is released", () => {
    const lock = lockRun(directory, "a");
    expect(readdirSync(directory)).toEqual(["lock"]);
    expect(() => lockRun(directory, "a")).toThrow(CabincrewError);
    lock.release();
    lockRun(directory, "a").release();
    expect(readdirSync(directory)).toEqual(["lock"]);
  });
});
