import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { FEATURE_NAMES } from "../../models/select/feature-names.ts";
import { builtinTable, guaranteeTable, languagesTable, reasonTable, transitionTable } from "./tables.ts";

const SPEC = path.join(import.meta.dirname, "..", "..", "spec");

/** The text between the markers of a generated table; UPDATE_SPEC=1 writes it anew. */
function tableIn(file: string, wanted: string): string {
  const whole = path.join(SPEC, file);
  const text = readFileSync(whole, "utf8");
  const [before, rest = ""] = text.split("<!-- table -->\n");
  const [table = "", after = ""] = rest.split("\n<!-- /table -->");
  if (process.env["UPDATE_SPEC"] && table !== wanted) {
    writeFileSync(whole, `${before}<!-- table -->\n${wanted}\n<!-- /table -->${after}`);
    return wanted;
  }
  return table;
}

describe("the specification says what the code does", () => {
  it("lists every reason code with its exit code in spec/reasons.md", () => {
    expect(tableIn("reasons.md", reasonTable())).toBe(reasonTable());
  });

  it("lists every builtin that policies may call in spec/policies.md", () => {
    expect(tableIn("policies.md", builtinTable())).toBe(builtinTable());
  });

  it("lists every guarantee in spec/guarantees.md", () => {
    expect(tableIn("guarantees.md", guaranteeTable())).toBe(guaranteeTable());
  });

  it("lists every transition in spec/states.md", () => {
    expect(tableIn("states.md", transitionTable())).toBe(transitionTable());
  });

  it("lists every language of a model's scope and every feature in spec/models.md", () => {
    expect(tableIn("models.md", languagesTable())).toBe(languagesTable());
    const text = readFileSync(path.join(SPEC, "models.md"), "utf8");
    const names = [...FEATURE_NAMES.plain, ...FEATURE_NAMES.families.map((family) => `${family}:X`)];
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
