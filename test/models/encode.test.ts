import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesEncoder } from "../../models/encode/bytes.ts";
import { windowStarts } from "../../models/encode/windows.ts";

const INPUT = { select: "added-lines", encoding: "bytes", length: 4, pad: -1, offset: 1, tensor: "input" } as const;

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
});

describe("bytes as tensors", () => {
  test("a short window is padded, and a used row is overwritten whole", () => {
    const encoder = bytesEncoder({ ...INPUT, dtype: "int32", batch: 2 });
    encoder.write(1, Buffer.from("abcd"));
    encoder.write(1, Buffer.from("a"));
    expect(encoder.feeds()).toEqual([
      { tensor: "input", dtype: "int32", dims: [2, 4], data: Int32Array.of(0, 0, 0, 0, 98, -1, -1, -1) },
    ]);
  });

  test("the three data types hold the same numbers, negative ones included", () => {
    const rows = (["int32", "int64", "float32"] as const).map((dtype) => {
      const encoder = bytesEncoder({ ...INPUT, dtype, batch: 1 });
      encoder.write(0, Buffer.from([0, 255]));
      return Array.from(encoder.feeds()[0]?.data ?? [], Number);
    });
    expect(rows).toEqual([
      [1, 256, -1, -1],
      [1, 256, -1, -1],
      [1, 256, -1, -1],
    ]);
  });
});
