/** What the two processes say to each other. The parent asks; each answer carries the request's `id`. */
import type { ModelInput } from "../schema/index.ts";
import type { Failure } from "./failure.ts";
import type { OutputPlan } from "./manifest.ts";

export type Request =
  /** Payload: the tokenizer's file for the model loaded next. Not answered. */
  | { readonly type: "tokenizer"; readonly id: number }
  /** Payload: the model's bytes. Answered when its session stands. */
  | {
      readonly type: "load";
      readonly id: number;
      readonly input: ModelInput;
      readonly outputs: readonly OutputPlan[];
    }
  /** Payload: packUnits(). The units that the later `score` requests are about. Not answered. */
  | { readonly type: "units"; readonly id: number }
  /** Answered with one float64 for each column of each unit. */
  | { readonly type: "score"; readonly id: number };

/** Id 0 is the greeting: the process runs and onnxruntime is loaded, or why not. */
export interface Answer {
  readonly id: number;
  readonly failure?: Failure;
}

/** Units as one buffer: their count, the length of each, then the bytes, text in UTF-8 (all numbers 32-bit little-endian). */
export function packUnits(units: readonly { readonly data: string | Uint8Array }[], bytes: number): Buffer {
  const start = 4 * (units.length + 1);
  const packed = Buffer.alloc(start + bytes);
  packed.writeUInt32LE(units.length, 0);
  let offset = start;
  for (const [index, { data }] of units.entries()) {
    const length = typeof data === "string" ? packed.write(data, offset, "utf8") : data.length;
    if (typeof data !== "string") packed.set(data, offset);
    packed.writeUInt32LE(length, 4 * (index + 1));
    offset += length;
  }
  return packed;
}

/** The units of packUnits(), without copying. */
export function unpackUnits(packed: Buffer): Buffer[] {
  const count = packed.readUInt32LE(0);
  const units: Buffer[] = new Array(count);
  let offset = 4 * (count + 1);
  for (let index = 0; index < count; index += 1) {
    const end = offset + packed.readUInt32LE(4 * (index + 1));
    units[index] = packed.subarray(offset, end);
    offset = end;
  }
  return units;
}
