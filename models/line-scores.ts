/** From lines to windows to batches to one score a line. Windows that repeat are run once; knows nothing of ONNX. */
import type { ModelInput } from "../schema/index.ts";
import type { Outcome } from "./failure.ts";
import { WindowBatch, windowStarts } from "./windows.ts";

const DEFAULT_BATCH = 32;
/** Windows whose score is remembered; added code repeats itself. */
const MAX_REMEMBERED = 65_536;

/** Scores of all rows of a batch, in their order. */
export type RunBatch = (batch: WindowBatch) => Promise<Outcome<Float64Array>>;

/** Scores the lines of one request; each line gets the highest score of its windows. Use once. */
export class LineScores {
  readonly #scores: Float64Array;
  readonly #input: ModelInput;
  readonly #batch: WindowBatch;
  readonly #run: RunBatch;
  readonly #known = new Map<string, number>();
  /** Rows of the batch in use, by the bytes in them. */
  readonly #rows = new Map<string, number>();
  #waiting: { line: number; row: number }[] = [];

  constructor(input: ModelInput, lines: number, run: RunBatch) {
    this.#scores = new Float64Array(lines);
    this.#input = input;
    this.#batch = new WindowBatch(input, input.batch ?? DEFAULT_BATCH);
    this.#run = run;
  }

  async score(lines: readonly Buffer[]): Promise<Outcome<Float64Array>> {
    const { length, stride } = this.#input;
    for (const [line, bytes] of lines.entries()) {
      for (const start of windowStarts(bytes.length, length, stride)) {
        this.#place(line, bytes.subarray(start, start + length));
        if (this.#rows.size < this.#batch.rows) continue;
        const outcome = await this.#flush();
        if ("failure" in outcome) return outcome;
      }
    }
    return this.#waiting.length > 0 ? this.#flush() : { value: this.#scores };
  }

  #place(line: number, window: Buffer): void {
    const key = window.toString("latin1");
    const score = this.#known.get(key);
    if (score !== undefined) {
      this.#raise(line, score);
      return;
    }
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = this.#rows.size;
      this.#rows.set(key, row);
      this.#batch.write(row, window);
    }
    this.#waiting.push({ line, row });
  }

  /** Runs the whole batch, rows left over from before included: one shape means one way of computing. */
  async #flush(): Promise<Outcome<Float64Array>> {
    const result = await this.#run(this.#batch);
    if ("failure" in result) return result;
    for (const { line, row } of this.#waiting) this.#raise(line, result.value[row] ?? 0);
    if (this.#known.size > MAX_REMEMBERED) this.#known.clear();
    for (const [key, row] of this.#rows) this.#known.set(key, result.value[row] ?? 0);
    this.#rows.clear();
    this.#waiting = [];
    return { value: this.#scores };
  }

  #raise(line: number, score: number): void {
    this.#scores[line] = Math.max(this.#scores[line] ?? 0, score);
  }
}
