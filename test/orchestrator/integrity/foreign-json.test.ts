import { describe, expect, it } from "vitest";
import { parseForeign } from "../../../orchestrator/integrity/foreign-json.ts";

const parse = (text: string) => parseForeign(Buffer.from(text));

describe("JSON that somebody else wrote", () => {
  it("is what JSON.parse reads, where every reader reads the same", () => {
    for (const text of [
      '{"a":{"b":[1,-2.5e3,true,null,"x\\"y\\\\"]},"c":{"b":"a:b"}}',
      '[{"a":1},{"a":2}]',
      '"just : a text"',
      ' {"" : 0 , "__proto__" : {"x":1} } ',
      '{"a\\\\":1,"a":2}',
      `${'{"a":'.repeat(900)}1${"}".repeat(900)}`,
    ])
      expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ["a key twice", '{"a":1,"a":2}', 'the key "a" twice'],
    ["a key twice, further in", '{"x":[{"seq":1,"b":{},"seq":2}]}', 'the key "seq" twice'],
    ["a key twice, written in two ways", '{"run_id":1,"\\u0072un_id":2}', 'the key "run_id" twice'],
    ["a key twice, with white space", '{"a" :1,"a"\n:2}', "twice"],
    ["deep nesting", `${"[".repeat(1e6)}${"]".repeat(1e6)}`, "nested more than 1000 levels"],
    ["deep nesting that never closes", '{"a":'.repeat(1e5), "nested more than 1000 levels"],
    ["more values than anybody exports", `[${"0,".repeat(2.1e7)}0]`, "more than 20000000 values"],
    [
      "an object that only fills memory",
      `{${Array.from({ length: 2e5 + 1 }, (_, at) => `"${at}":0`)}}`,
      "more than 200000 keys",
    ],
    ["no JSON", '{"a":', "not JSON"],
    ["a text that does not end", '{"a', "not JSON"],
    ["a byte order mark", '\ufeff{"a":1}', "not JSON"],
  ])("is refused for %s", (_what, text, why) => {
    expect(() => parse(text)).toThrow(why);
  });

  it("is refused for bytes that are not UTF-8", () => {
    expect(() => parseForeign(Buffer.from([0x22, 0xff, 0x22]))).toThrow("it is not UTF-8");
  });
});
