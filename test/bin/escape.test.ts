import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderDiff, renderLog } from "../../bin/render/diff.ts";
import { visible, visibleCode, visibleJson, withoutWorkflowCommands } from "../../bin/render/escape.ts";
import { createInk, indented, joined, lines, safe } from "../../bin/render/shown.ts";

/** Everything that could move a cursor, reorder, hide, or end a line. */
const HOSTILE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom(
      "\x1b[31m",
      "\r",
      "\n",
      "\t",
      "\u202e",
      "\u200b",
      "\ufeff",
      "\x9b",
      "\ud800",
      "a",
      "\u{e0041}",
    ),
  }),
);
const ink = createInk(false);

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

async function all(parts: AsyncIterable<{ toString(): string }>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

describe("text from outside", () => {
  test("keeps no control, bidirectional or invisible character on a line", () => {
    fc.assert(fc.property(anything, (text) => !HOSTILE.test(visible(text))));
  });

  test("keeps none in code either, tabs apart", () => {
    fc.assert(fc.property(anything, (text) => !HOSTILE.test(visibleCode(text).replaceAll("\t", ""))));
  });

  test("is shown as what it is", () => {
    expect(visible("\x1b[2J\u202eevil\u200b\r\n\t\u{e0041}\ud800\u00a0")).toBe(
      "\\x1b[2J\\u202eevil\\u200b\\r\\n\\t\\u{e0041}\\ud800\\xa0",
    );
    expect(visible("größe 漢字 é 🙂")).toBe("größe 漢字 é 🙂");
  });

  test("is escaped wherever the safe tag, an ink or a joiner takes it", () => {
    fc.assert(
      fc.property(anything, (text) => {
        const shown = lines(safe`a ${text} b`, ink.red(text), joined([text, text], ", "), indented(safe`${text}`, " "));
        return shown
          .toString()
          .split("\n")
          .every((line) => !HOSTILE.test(line));
      }),
    );
  });

  test("is escaped once only", () => {
    expect(safe`${safe`${"\x07"}`}`.toString()).toBe("\\x07");
  });

  test("stays harmless in diffs and logs, however it is cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const diff = await all(renderDiff(once(`@@ -1,9 +1,9 @@\n+${text}\n`), ink));
        const log = await all(renderLog(once(text)));
        return !HOSTILE.test((diff + log).replace(/[\n\t]/g, ""));
      }),
    );
  });

  test("shows letters and symbols whose glyph is blank, and code points nobody knows yet", () => {
    expect(visible("a\u2800b\u{16fe4}\u{1d159}\u{13441}\ufffe\u{2ffff}")).toBe(
      "a\\u2800b\\u{16fe4}\\u{1d159}\\u{13441}\\ufffe\\u{2ffff}",
    );
  });

  test("shows marks that turn a sign or our own text into another, strike out, or leave their line", () => {
    expect(visible("-\u20d2rm")).toBe("-\\u20d2rm");
    expect(visibleCode("\u0301x")).toBe("\\u0301x");
    expect(visible("r\u0336m\u20dd")).toBe("r\\u0336m\\u20dd");
    expect(visible(`e${"\u0301".repeat(6)}`)).toBe(`e${"\u0301".repeat(4)}\\u0301\\u0301`);
    for (const text of ["e\u0301", "\u0915\u094d\u0937\u093f", "\u05e9\u05c1\u05b8"]) expect(visible(text)).toBe(text);
  });

  test("gives no command to a runner from within JSON, whose value stays", () => {
    const value = { text: "a ##[add-path]/x ##vso[task.setvariable]y ##TeamCity[z] ##\\##[" };
    const json = visibleJson(JSON.stringify(value));
    expect(json).not.toMatch(/##[a-z]*\[/i);
    expect(JSON.parse(json)).toEqual(value);
  });

  test("leaves the value of a JSON document alone", () => {
    fc.assert(
      fc.property(fc.jsonValue(), anything, (value, text) => {
        const document = { value, text };
        const json = visibleJson(JSON.stringify(document, null, 2));
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(document)));
        return !HOSTILE.test(json.replaceAll("\n", ""));
      }),
    );
  });

  test("cannot give commands to a workflow runner", () => {
    expect(withoutWorkflowCommands("::error::x\n  ::set-env name=a::b\nx ##[add-path]y")).toBe(
      "\\x3a:error::x\n  \\x3a:set-env name=a::b\nx #\\x23[add-path]y",
    );
    expect(withoutWorkflowCommands("x ##vso[task.setvariable variable=A]b ##teamcity[y")).toBe(
      "x #\\x23vso[task.setvariable variable=A]b #\\x23teamcity[y",
    );
  });
});
