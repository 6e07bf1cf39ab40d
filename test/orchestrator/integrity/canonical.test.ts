import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCanonical } from "../../../orchestrator/integrity/canonical.ts";
import { readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { canonicalJson } from "../../../schema/index.ts";

/** Keys that sort differently as numbers, as UTF-16 and as UTF-8 are the ones that go wrong. */
const key = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.nat(20).map(String),
  fc.constantFrom("😀", "\ufb33", "€", "a", "Z"),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe("the canonical form", () => {
  it("is recognised in whatever can be parsed", () => {
    fc.assert(
      fc.property(value, (made) => {
        const text = canonicalJson(JSON.parse(JSON.stringify({ made })));
        expect(isCanonical(text, JSON.parse(text))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("is told from text that only means the same", () => {
    for (const text of ['{"b":1,"a":2}', '{ "a":1}', '{"a":1.0}', '{"a":"\\u0041"}', '{"a":1,"a":1}', '{"9":1,"10":2}'])
      expect(isCanonical(text, JSON.parse(text)), text).toBe(false);
  });
});

describe("the place of an entry, read out of its text", () => {
  const event = (changes: object) =>
    canonicalJson({
      at: "2026-01-02T03:04:05.000Z",
      data: {},
      event_id: "01A",
      format: "cabincrew.event/1",
      prev: "a".repeat(64),
      run_id: "01RUN",
      run_seq: 1,
      seq: 7,
      state: "INIT",
      step_id: "main",
      type: "run.opened",
      ...changes,
    });

  it("is the same as parsing gives, whatever the data holds", () => {
    const fake = ',"event_id":"01B","format":"cabincrew.event/1","prev":"';
    fc.assert(
      fc.property(fc.oneof(value, fc.constantFrom(fake, event({}), JSON.stringify(event({})))), (made) => {
        const data: unknown = JSON.parse(JSON.stringify({ made }));
        expect(readEntry(event({ data }))).toMatchObject({
          seq: 7,
          prev: "a".repeat(64),
          runId: "01RUN",
          event: { data },
        });
      }),
      { numRuns: 200 },
    );
    expect(readEntry(event({ step_id: fake }))).toMatchObject({ seq: 7 });
  });

  it("is refused where the text is no entry", () => {
    const whole = event({});
    const broken = [
      "",
      "x",
      "[]",
      "null",
      `${whole} `,
      whole.replace('"at"', ' "at"'),
      event({ seq: "7" }),
      event({ seq: 1.5 }),
    ];
    for (const text of [...broken, event({ prev: 1 }), event({ format: "x" }), event({ run_id: 1 })])
      expect(readEntry(text), text).toEqual(expect.any(String));
  });
});
