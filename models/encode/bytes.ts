/** Encoding `bytes`: one value a byte, shifted by `offset`, padded to the window's length. */
import type { ModelBytesInput } from "../../schema/index.ts";
import { Cells } from "./cells.ts";
import type { Encoder } from "./encoder.ts";
import { windowStarts } from "./windows.ts";

const DEFAULT_BATCH = 32;

export function bytesEncoder(input: ModelBytesInput): Encoder {
  const { length, stride, pad, offset = 0, batch: rows = DEFAULT_BATCH } = input;
  const cells = new Cells(input.tensor, input.dtype, rows, length);
  return {
    rows,
    cut: (text) => ({
      value: windowStarts(text.length, length, stride).map((start) => text.subarray(start, start + length)),
    }),
    write(row, window) {
      const start = row * length;
      for (let index = 0; index < window.length; index += 1) cells.set(start + index, (window[index] ?? 0) + offset);
      for (let index = window.length; index < length; index += 1) cells.set(start + index, pad);
    },
    feeds: () => [cells.feed()],
  };
}
