import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeFrame, FrameReader } from "../../models/frame.ts";
import { packUnits, unpackUnits } from "../../models/messages.ts";

describe("frames between the processes", () => {
  test("frames come out as they went in, wherever the pipe cuts them", () => {
    const frames = fc.array(fc.record({ id: fc.nat(), payload: fc.uint8Array({ maxLength: 40 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(frames, fc.integer({ min: 1, max: 30 }), (sent, size) => {
        const bytes = Buffer.concat(sent.flatMap(({ id, payload }) => encodeFrame({ id }, payload)));
        const reader = new FrameReader(100);
        const got = [];
        for (let at = 0; at < bytes.length; at += size) got.push(...reader.push(bytes.subarray(at, at + size)));
        expect(got.map(({ head, payload }) => ({ ...(head as object), payload: new Uint8Array(payload) }))).toEqual(
          sent,
        );
      }),
    );
  });

  test("a payload above the bound is refused before it is read", () => {
    const start = Buffer.alloc(8);
    start.writeUInt32LE(2, 0);
    start.writeUInt32LE(101, 4);
    expect(() => new FrameReader(100).push(start)).toThrow(RangeError);
  });

  test("lines survive packing, of any characters", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (lines) => {
        const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0);
        const packed = packUnits(
          lines.map((data) => ({ data })),
          bytes,
        );
        expect(unpackUnits(packed).map(String)).toEqual(lines);
      }),
    );
  });
});
