/** What the two processes say to each other. The parent asks; each answer carries the request's `id`. */
import type { ModelInput, ModelOutput } from "../schema/index.ts";
import type { Failure } from "./failure.ts";

export type Request =
  /** Payload: the model's bytes. Answered when its session stands. */
  | { readonly type: "load"; readonly id: number; readonly input: ModelInput; readonly output: ModelOutput }
  /** Payload: packLines(). The lines that later `score` requests are about. Not answered. */
  | { readonly type: "text"; readonly id: number }
  /** `model` is the id of its load request. Answered with one float64 a line. */
  | { readonly type: "score"; readonly id: number; readonly model: number };

/** Id 0 is the greeting: the process runs and onnxruntime is loaded, or why not. */
export interface Answer {
  readonly id: number;
  readonly failure?: Failure;
}

/** Lines as one buffer: their count, the length of each, then the UTF-8 bytes (all numbers 32-bit little-endian). */
export function packLines(lines: readonly { readonly text: string }[], bytes: number): Buffer {
  const start = 4 * (lines.length + 1);
  const packed = Buffer.alloc(start + bytes);
  packed.writeUInt32LE(lines.length, 0);
  let offset = start;
  for (const [index, { text }] of lines.entries()) {
    const length = packed.write(text, offset, "utf8");
    packed.writeUInt32LE(length, 4 * (index + 1));
    offset += length;
  }
  return packed;
}

/** The lines of packLines(), without copying. */
export function unpackLines(packed: Buffer): Buffer[] {
  const count = packed.readUInt32LE(0);
  const lines: Buffer[] = new Array(count);
  let offset = 4 * (count + 1);
  for (let index = 0; index < count; index += 1) {
    const end = offset + packed.readUInt32LE(4 * (index + 1));
    lines[index] = packed.subarray(offset, end);
    offset = end;
  }
  return lines;
}
