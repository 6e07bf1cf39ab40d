/** A tensor's memory, written number by number. An int64 is written as its two halves, much faster than through BigInt. */
import type { Feed } from "./encoder.ts";

export class Cells {
  readonly #feed: Feed;
  readonly #cells: Int32Array | Float32Array | Float64Array;
  readonly #halves: boolean;

  constructor(tensor: string, dtype: Feed["dtype"], rows: number, columns: number) {
    const size = rows * columns;
    const data = arrayOf(dtype, size);
    this.#halves = data instanceof BigInt64Array;
    this.#cells = data instanceof BigInt64Array ? new Int32Array(data.buffer) : data;
    this.#feed = { tensor, dtype, data, dims: [rows, columns] };
  }

  set(index: number, value: number): void {
    if (!this.#halves) {
      this.#cells[index] = value;
      return;
    }
    this.#cells[2 * index] = value;
    this.#cells[2 * index + 1] = value < 0 ? -1 : 0;
  }

  feed(): Feed {
    return this.#feed;
  }
}

function arrayOf(dtype: Feed["dtype"], size: number): Feed["data"] {
  if (dtype === "int64") return new BigInt64Array(size);
  if (dtype === "int32") return new Int32Array(size);
  return dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
}
