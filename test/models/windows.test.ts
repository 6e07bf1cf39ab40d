import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WindowBatch, windowStarts } from "../../models/windows.ts";

const input = { select: "added-lines", encoding: "bytes", length: 4, pad: -1, offset: 1, tensor: "input" } as const;

describe("windows over a line", () => {
  test("a line that fits is one window", () => {
    expect(windowStarts(0, 8)).toEqual([0]);
    expect(windowStarts(8, 8)).toEqual([0]);
  });

  test("the last window of a long line ends where the line ends", () => {
    expect(windowStarts(11, 4, 3)).toEqual([0, 3, 6, 7]);
  });

  test("every byte of every line lies in a window, whatever length and stride say", () => {
    const sizes = [
      fc.integer({ min: 0, max: 300 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 80 }),
    ] as const;
    fc.assert(
      fc.property(...sizes, (size, length, stride) => {
        const covered = new Array<boolean>(size).fill(false);
        for (const start of windowStarts(size, length, stride)) covered.fill(true, start, start + length);
        expect(covered.includes(false)).toBe(false);
      }),
    );
  });

  test("a short window is padded, and a used row is overwritten whole", () => {
    const batch = new WindowBatch({ ...input, dtype: "int32" }, 2);
    batch.write(1, Buffer.from("abcd"));
    batch.write(1, Buffer.from("a"));
    expect([...batch.data]).toEqual([0, 0, 0, 0, 98, -1, -1, -1]);
  });

  test("the three data types hold the same numbers, negative ones included", () => {
    const rows = (["int32", "int64", "float32"] as const).map((dtype) => {
      const batch = new WindowBatch({ ...input, dtype }, 1);
      batch.write(0, Buffer.from([0, 255]));
      return [...batch.data].map(Number);
    });
    expect(rows).toEqual([
      [1, 256, -1, -1],
      [1, 256, -1, -1],
      [1, 256, -1, -1],
    ]);
  });
});
