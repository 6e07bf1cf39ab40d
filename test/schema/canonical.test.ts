import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../schema/index.ts";

/** Keys that sort differently as numbers, as UTF-16 and as UTF-8, or that objects treat in a way of their own. */
const key = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.nat(20).map(String),
  fc.constantFrom("😀", "\ufb33", "€", "a", "Z", "__proto__", "constructor", "toString", ""),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false, -0, 1e21, 1e-7, 0.1, 2 ** 53),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, fc.oneof(tie("value"), fc.constant(undefined)), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

describe("canonical JSON (RFC 8785)", () => {
  it("is what the library writes, whatever the order of the keys", () => {
    fc.assert(
      fc.property(value, (made) => {
        expect(canonicalJson(made)).toBe(canonicalize(made));
        expect(canonicalJson({ z: made, a: made })).toBe(canonicalize({ z: made, a: made }));
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps a key `__proto__` that a document brought", () => {
    const text = '{"__proto__":{"z":1,"a":2},"b":1,"a":{}}';
    expect(canonicalJson(JSON.parse(text))).toBe('{"__proto__":{"a":2,"z":1},"a":{},"b":1}');
  });

  it("is written in one pass, however deep what is out of order lies", () => {
    let deep: unknown = { b: 1, a: 2 };
    for (let level = 0; level < 150; level += 1) deep = { a: 0, b: deep };
    expect(canonicalJson(deep)).toBe(canonicalize(deep));
  });

  it("takes dates and what else has a form of its own from that form", () => {
    const at = new Date(0);
    expect(
      canonicalJson({
        at,
        a: new (class Named {
          b = 1;
        })(),
      }),
    ).toBe('{"a":{"b":1},"at":"1970-01-01T00:00:00.000Z"}');
    expect(canonicalJson([undefined, Symbol("s")])).toBe("[null,null]");
  });

  it.each([
    ["NaN", { a: [Number.NaN] }],
    ["an infinity", { a: Number.NEGATIVE_INFINITY }],
    ["a lone surrogate", { a: "\ud800" }],
    ["a lone surrogate in a key", { "\udc00": 1 }],
    ["undefined", undefined],
    ["a value that contains itself", circular()],
  ])("refuses %s, which I-JSON cannot express", (_, bad) => {
    expect(() => canonicalJson(bad)).toThrow(/Canonical JSON/);
  });
});

function circular(): object {
  const value: Record<string, unknown> = {};
  value["deep"] = [value];
  return value;
}
