/** Text as tensors: windows over long lines, byte values, padding (the manifest's `input`). */
import type { ModelInput } from "../schema/index.ts";

/**
 * Where the windows of a line of `size` bytes begin. Together they cover every byte: the last one ends where the line
 * ends, and a stride above the window's length is cut down to it.
 */
export function windowStarts(size: number, length: number, stride = Math.ceil(length / 2)): number[] {
  const step = Math.min(stride, length);
  const starts: number[] = [];
  for (let start = 0; start + length < size; start += step) starts.push(start);
  starts.push(Math.max(0, size - length));
  return starts;
}

type TensorData = Int32Array | BigInt64Array | Float32Array;

/** A reusable tensor buffer of [rows, length] and how to write one window into it. */
export class WindowBatch {
  readonly data: TensorData;
  readonly rows: number;
  readonly #length: number;
  readonly #pad: number;
  readonly #offset: number;
  readonly #cells: Int32Array | Float32Array;
  /** Cells of #cells for one value: an int64 is written as its low and high half, much faster than through BigInt. */
  readonly #width: 1 | 2;

  constructor(input: ModelInput, rows: number) {
    const size = rows * input.length;
    this.rows = rows;
    this.#length = input.length;
    this.#pad = input.pad;
    this.#offset = input.offset ?? 0;
    if (input.dtype === "int64") {
      const data = new BigInt64Array(size);
      this.data = data;
      this.#cells = new Int32Array(data.buffer);
      this.#width = 2;
    } else {
      this.#cells = input.dtype === "int32" ? new Int32Array(size) : new Float32Array(size);
      this.data = this.#cells;
      this.#width = 1;
    }
  }

  /** Writes the bytes of one window (at most `length`) into a row and pads the rest. */
  write(row: number, window: Uint8Array): void {
    let cell = row * this.#length * this.#width;
    for (let index = 0; index < this.#length; index += 1) {
      const byte = window[index];
      const value = byte === undefined ? this.#pad : byte + this.#offset;
      this.#cells[cell] = value;
      if (this.#width === 2) this.#cells[cell + 1] = value < 0 ? -1 : 0;
      cell += this.#width;
    }
  }
}
