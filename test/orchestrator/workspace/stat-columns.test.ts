import { lstatSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isOlder,
  putExactStat,
  putStat,
  STAT_COLUMNS,
  sameStat,
} from "../../../orchestrator/workspace/stat-columns.ts";

const SECOND = 1_000_000_000n;
const YEARS_FROM_1902_TO_2100 = { min: -2_145_916_800n * SECOND, max: 4_102_444_800n * SECOND };
const stat = { size: 3n, mtimeNs: 1n, ctimeNs: 1n, ino: 1n << 60n, dev: 7n };
const columnsOf = (...stats: (typeof stat)[]) => {
  const columns = new Float64Array(stats.length * STAT_COLUMNS);
  stats.forEach((each, index) => {
    putExactStat(columns, index, each);
  });
  return columns;
};

describe("the columns of the stat cache (spec/workspace-hash.md, W8)", () => {
  it("never take a time at or after a whole millisecond for one before it, nor turn two times around", () => {
    const ns = fc.bigInt(YEARS_FROM_1902_TO_2100);
    fc.assert(
      fc.property(ns, fc.bigInt({ min: -2000n, max: 2000n }), (time, apart) => {
        const limit = time / 1_000_000n;
        const moment = limit * 1_000_000n + apart;
        const columns = columnsOf({ ...stat, mtimeNs: moment, ctimeNs: moment }, { ...stat, ctimeNs: moment + 1000n });
        // In the last quarter of a microsecond it may count as young, which costs a read and is never wrong.
        if (apart >= 0n || apart < -250n) expect(isOlder(columns, 0, Number(limit))).toBe(apart < 0n);
        expect(columns[STAT_COLUMNS + 2]).toBeGreaterThan(columns[2] ?? Number.NaN);
      }),
    );
  });

  it("are young when only one of the times is", () => {
    const columns = columnsOf({ ...stat, mtimeNs: SECOND }, { ...stat, ctimeNs: SECOND }, stat);
    expect([0, 1, 2].map((index) => isOlder(columns, index, 1000))).toEqual([false, false, true]);
  });

  it("tell inodes of 64 bits apart, from one another and from all smaller ones", () => {
    const inos = [1n << 60n, (1n << 60n) + 1n, (1n << 60n) + (1n << 52n), (1n << 64n) - 1n, 1n << 53n];
    const columns = columnsOf(...inos.map((ino) => ({ ...stat, ino })), { ...stat, ino: 1n << 60n, dev: 8n });
    const all = [...inos.keys(), inos.length];
    for (const i of all) for (const j of all) expect(sameStat(columns, i, columns, j), `${i} ${j}`).toBe(i === j);
    const small = new Float64Array(STAT_COLUMNS);
    for (const ino of [0, 1, 2 ** 52])
      for (const i of all) {
        expect(putStat(small, 0, { size: 3, mtimeMs: 1e-6, ctimeMs: 1e-6, ino, dev: 7 })).toBe(true);
        expect(sameStat(small, 0, columns, i)).toBe(false);
      }
    expect(putStat(small, 0, { size: 3, mtimeMs: 0, ctimeMs: 0, ino: 2 ** 53, dev: 7 })).toBe(false);
  });

  it("hold the same times for a file however it is looked at", () => {
    const directory = mkdtempSync(path.join(tmpdir(), "cabincrew-columns-"));
    try {
      const file = path.join(directory, "f");
      writeFileSync(file, "abc");
      for (const time of [1_700_000_000.123, 5.75, 4_000_000_000.5]) {
        utimesSync(file, time, time);
        const columns = new Float64Array(2 * STAT_COLUMNS);
        putStat(columns, 0, lstatSync(file));
        putExactStat(columns, 1, lstatSync(file, { bigint: true }));
        expect(columns.subarray(STAT_COLUMNS, STAT_COLUMNS + 3)).toEqual(columns.subarray(0, 3));
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
