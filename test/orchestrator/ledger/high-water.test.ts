import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  assertHighWater,
  highWaterProblem,
  readHighWater,
  writeHighWater,
} from "../../../orchestrator/ledger/high-water.ts";
import { refusal } from "../authority/people.ts";

const hash = "ab".repeat(32);
const other = "cd".repeat(32);
let stateDir: string;
let file: string;
beforeEach(() => {
  stateDir = mkdtempSync(path.join(tmpdir(), "cabincrew-mark-"));
  file = path.join(stateDir, "high-water");
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

describe("the mark of the newest entry", () => {
  it("is read as it was written, over an older one, in one line of always the same length", () => {
    for (const seq of [1, 99, 2_700_001]) {
      writeHighWater(stateDir, { seq, hash });
      expect(readHighWater(stateDir)).toEqual({ seq, hash });
      expect(readFileSync(file, "latin1")).toBe(`${String(seq).padStart(16)} ${hash}\n`);
    }
  });

  it("is none where there is none, half of one or something else", () => {
    expect(readHighWater(stateDir)).toBeUndefined();
    const line = `${"7".padStart(16)} ${hash}\n`;
    for (const odd of [
      "",
      line.slice(0, -1),
      line.slice(0, 40),
      `x${line}`,
      `${line}\n`,
      line.replace("7", "x"),
      line + line,
    ]) {
      writeFileSync(file, odd);
      expect(readHighWater(stateDir), JSON.stringify(odd)).toBeUndefined();
    }
  });

  it("is left out where it cannot be written, and holds no descriptor", () => {
    mkdirSync(file);
    expect(() => writeHighWater(stateDir, { seq: 1, hash })).not.toThrow();
    expect(readHighWater(stateDir)).toBeUndefined();
    rmSync(file, { recursive: true });
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let seq = 1; seq <= 50; seq += 1) writeHighWater(stateDir, { seq, hash });
    expect(open()).toBeLessThan(before + 25);
  });

  it("finds an entry that is gone, and one that is another", async () => {
    const mark = { seq: 7, hash };
    expect(highWaterProblem(undefined, hash)).toBeUndefined();
    expect(highWaterProblem(mark, hash)).toBeUndefined();
    expect(highWaterProblem(mark, undefined)).toContain("Entry 7 was recorded and is gone: ");
    expect(highWaterProblem(mark, other)).toContain("Entry 7 was recorded and is another one now: ");
    expect(() => assertHighWater(mark, hash, stateDir)).not.toThrow();
    const error = await refusal("ledger_corrupt", () => assertHighWater(mark, other, stateDir));
    expect([error.message, error.detail]).toEqual([highWaterProblem(mark, other), { seq: 7 }]);
    expect(error.next).toContain(file);
  });
});
