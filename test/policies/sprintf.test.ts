/** What `opa eval` 1.22 prints for each of these. */
import { describe, expect, it } from "vitest";
import { sprintf } from "../../policies/sprintf.ts";

describe("sprintf", () => {
  it.each<[string, unknown[], string]>([
    ["%s is %v", ["a", "b"], "a is b"],
    ["%q", ['say "hi"\n\u0001\u200b'], '"say \\"hi\\"\\n\\x01\\u200b"'],
    ["%v", [["a", 1, { b: null, a: ["x"] }]], '["a", 1, {"a": ["x"], "b": null}]'],
    ["%v", [{ z: 1, "10": 2, "9": 3 }], '{"10": 2, "9": 3, "z": 1}'],
    ["%v %s", [true, null], "true null"],
    ["%d%%", [50], "50%"],
    ["%s", [5], "%!s(int64=5)"],
    ["%d", ["five"], "%!d(string=five)"],
    ["%d", [3.5], "%!d(float64=3.5)"],
    ["%.2f %f", [99.995, -0.25], "100.00 -0.250000"],
    ["%v %v %g", [1_234_567.5, 1e-7, 0.1], "1.2345675e+06 1e-07 0.1"],
    ["%.3g %e", [12_345_678.9, 3.5], "1.23e+07 3.500000e+00"],
    ["%f", [2.5e30], "2499999999999999908974073741312.000000"],
    ["%5d|%-5d|%05d|%+d", [3, 3, -3, 3], "    3|3    |-0003|+3"],
    ["%x %X %o %b %#x", [255, 255, 8, 5, 255], "ff FF 10 101 0xff"],
    ["%x", ["hi"], "6869"],
    ["%c %U %q", [65, 65, 65], "A U+0041 'A'"],
    ["%.2s|%6s|", ["abc", "abc"], "ab|   abc|"],
    ["%[2]s %[1]s", ["a", "b"], "b a"],
    ["%*d %.*f", [4, 7, 1, 2.25], "   7 2.2"],
    ["%s %s", ["a"], "a %!s(MISSING)"],
    ["%[5]s", ["a"], "%!s(BADINDEX)"],
    ["x", ["a", 5], "x%!(EXTRA string=a, int64=5)"],
    ["100%", [], "100%!(NOVERB)"],
    ["%T %T %T", ["a", 1, 1.5], "string int64 float64"],
  ])("of %j and %j", (format, values, text) => {
    expect(sprintf(format, values)).toBe(text);
  });

  it("is undefined for what is no format and no list", () => {
    expect([sprintf(1, []), sprintf("%s", "a")]).toEqual([undefined, undefined]);
  });
});
