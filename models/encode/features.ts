/** Encoding `features`: a row of numbers as it is. */
import type { ModelFeaturesInput } from "../../schema/index.ts";
import { Cells } from "./cells.ts";
import type { Encoder } from "./encoder.ts";

const DEFAULT_BATCH = 32;

export function featuresEncoder(input: ModelFeaturesInput): Encoder {
  const { features, batch: rows = DEFAULT_BATCH } = input;
  const cells = new Cells(input.tensor, input.dtype, rows, features.length);
  return {
    rows,
    cut: (unit) => ({ value: [unit] }),
    write(row, window) {
      const numbers = new DataView(window.buffer, window.byteOffset, window.byteLength);
      for (let index = 0; index < features.length; index += 1)
        cells.set(row * features.length + index, numbers.getFloat64(8 * index, true));
    },
    feeds: () => [cells.feed()],
  };
}
