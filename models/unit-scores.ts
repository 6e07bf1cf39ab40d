/** From units to windows to batches to scores of each unit. Windows that repeat are run once; knows nothing of ONNX. */
import type { Encoder } from "./encode/index.ts";
import type { Outcome } from "./failure.ts";

/** Windows whose scores are remembered; added code repeats itself. */
const MAX_REMEMBERED = 65_536;

/** Scores of all rows of a batch, row by row, column by column. */
export type RunBatch = () => Promise<Outcome<Float64Array>>;

/** Scores the units of one request; each gets, column by column, the highest score of its windows. Use once. */
export class UnitScores {
  readonly #scores: Float64Array;
  readonly #encoder: Encoder;
  readonly #columns: number;
  readonly #run: RunBatch;
  /** Where in #remembered a window's scores begin. */
  readonly #known = new Map<string, number>();
  #remembered = new Float64Array(1024);
  /** Rows of the batch in use, by the bytes in them. */
  readonly #rows = new Map<string, number>();
  #waiting: { unit: number; row: number }[] = [];
  #filled = false;

  constructor(encoder: Encoder, columns: number, units: number, run: RunBatch) {
    this.#scores = new Float64Array(units * columns);
    this.#encoder = encoder;
    this.#columns = columns;
    this.#run = run;
  }

  async score(units: readonly Buffer[]): Promise<Outcome<Float64Array>> {
    for (const [unit, bytes] of units.entries()) {
      const windows = this.#encoder.cut(bytes);
      if ("failure" in windows) return windows;
      for (const window of windows.value) {
        this.#place(unit, window);
        if (this.#rows.size < this.#encoder.rows) continue;
        const outcome = await this.#flush();
        if ("failure" in outcome) return outcome;
      }
    }
    return this.#waiting.length > 0 ? this.#flush() : { value: this.#scores };
  }

  #place(unit: number, window: Uint8Array): void {
    const key = Buffer.from(window.buffer, window.byteOffset, window.byteLength).toString("latin1");
    const start = this.#known.get(key);
    if (start !== undefined) {
      this.#raise(unit, this.#remembered, start);
      return;
    }
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#rows.size;
      this.#rows.set(key, row);
      this.#encoder.write(row, window);
      // A row never written to would be no input at all, and a model may answer that with NaN.
      if (!this.#filled) for (let other = 1; other < this.#encoder.rows; other += 1) this.#encoder.write(other, window);
      this.#filled = true;
    }
    this.#waiting.push({ unit, row });
  }

  /** Runs the whole batch, rows left over from before included: one shape means one way of computing. */
  async #flush(): Promise<Outcome<Float64Array>> {
    const result = await this.#run();
    if ("failure" in result) return result;
    for (const { unit, row } of this.#waiting) this.#raise(unit, result.value, row * this.#columns);
    if (this.#known.size > MAX_REMEMBERED) this.#known.clear();
    for (const [key, row] of this.#rows) this.#remember(key, result.value, row * this.#columns);
    this.#rows.clear();
    this.#waiting = [];
    return { value: this.#scores };
  }

  #remember(key: string, scores: Float64Array, start: number): void {
    const at = this.#known.size * this.#columns;
    if (at + this.#columns > this.#remembered.length) {
      const larger = new Float64Array(2 * (at + this.#columns));
      larger.set(this.#remembered);
      this.#remembered = larger;
    }
    for (let column = 0; column < this.#columns; column += 1)
      this.#remembered[at + column] = scores[start + column] ?? 0;
    this.#known.set(key, at);
  }

  #raise(unit: number, scores: Float64Array, start: number): void {
    const at = unit * this.#columns;
    for (let column = 0; column < this.#columns; column += 1)
      this.#scores[at + column] = Math.max(this.#scores[at + column] ?? 0, scores[start + column] ?? 0);
  }
}
