/** Frames on the pipes to and from the model process: two little-endian 32-bit lengths, a JSON head, a binary payload. */
const LENGTHS = 8;
/** A manifest may list a thousand features by name. */
const MAX_HEAD_BYTES = 512 * 1024;
const EMPTY = Buffer.alloc(0);

export interface Frame {
  readonly head: unknown;
  readonly payload: Buffer;
}

/** The pieces of one frame, in order; the payload is not copied. */
export function encodeFrame(head: object, payload: Uint8Array = EMPTY): readonly Uint8Array[] {
  const json = Buffer.from(JSON.stringify(head));
  const start = Buffer.allocUnsafe(LENGTHS);
  start.writeUInt32LE(json.length, 0);
  start.writeUInt32LE(payload.length, 4);
  return payload.length === 0 ? [start, json] : [start, json, payload];
}

/** Puts chunks together again. `push` throws when the other side breaks the format or exceeds `maxPayload` bytes. */
export class FrameReader {
  readonly #maxPayload: number;
  #chunks: Buffer[] = [];
  #size = 0;
  #wanted = LENGTHS;

  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    const frames: Frame[] = [];
    // Chunks are joined only when a whole frame is there: joining each time would cost the square of the frame's size.
    while (this.#size >= this.#wanted) {
      const data = this.#chunks.length === 1 ? (this.#chunks[0] ?? EMPTY) : Buffer.concat(this.#chunks);
      this.#chunks = [data];
      const headEnd = LENGTHS + data.readUInt32LE(0);
      const end = headEnd + data.readUInt32LE(4);
      if (headEnd > LENGTHS + MAX_HEAD_BYTES || end - headEnd > this.#maxPayload)
        throw new RangeError("frame too large");
      this.#wanted = end;
      if (data.length < end) break;
      frames.push({ head: JSON.parse(data.toString("utf8", LENGTHS, headEnd)), payload: data.subarray(headEnd, end) });
      this.#chunks = [data.subarray(end)];
      this.#size = data.length - end;
      this.#wanted = LENGTHS;
    }
    return frames;
  }
}
