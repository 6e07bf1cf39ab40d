import { describe, expect, it } from "vitest";
import { readableDiff } from "../../../engines/diff/index.ts";

describe("a diff as text", () => {
  it("is the diff itself where that is UTF-8", () => {
    expect(readableDiff(Buffer.from("@@ -0,0 +1 @@\n+größe \\xff\n"))).toBe("@@ -0,0 +1 @@\n+größe \\xff\n");
  });

  it("shows two different lines differently, whichever bytes they hold", () => {
    const of = (bytes: number[]) => readableDiff(Buffer.from([0x2b, ...bytes, 0x0a]));
    expect(of([0xff])).toBe("+\\xff\n\\ Not UTF-8: bytes are written as \\xNN above\n");
    const texts = [[0xff], [0xfe], [0xef, 0xbf, 0xbd], [...Buffer.from("\\xff")]].map(of);
    expect(new Set(texts).size).toBe(4);
  });
});
