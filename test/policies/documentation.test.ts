import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkPolicyPackReadme, documentPolicyPack } from "../../policies/documentation.ts";
import { builtinPolicyPack } from "../../policies/index.ts";
import { readAnnotatedRules } from "../../policies/rule-annotations.ts";
import { copyPack } from "./packs.ts";

const PACKS = path.dirname(builtinPolicyPack("default"));
const NAMES = readdirSync(PACKS);
const OPA = process.env["OPA"] || "opa";

describe.each(NAMES)("the shipped pack %s", (name) => {
  const directory = path.join(PACKS, name);

  it("has a README that is what its annotations give", async () => {
    expect(await checkPolicyPackReadme(directory)).toBeUndefined();
  });

  it("annotates every rule with title, description, rule id, severity and fix", async () => {
    const sources = readdirSync(directory).filter((file) => file.endsWith(".rego") && !file.endsWith("_test.rego"));
    const text = sources.map((file) => readFileSync(path.join(directory, file), "utf8")).join("\n");
    const heads = text.match(/^(deny|violation|warn|require_approval)\w* contains /gm) ?? [];
    const annotated = text.match(/^# METADATA\n(?:#.*\n)+(deny|violation|warn|require_approval)\w* contains /gm) ?? [];
    expect(annotated.length).toBe(heads.length);
    const rules = await readAnnotatedRules(directory);
    expect(rules.length).toBeGreaterThan(0);
    for (const { severity } of rules) expect(["critical", "high", "medium", "low"]).toContain(severity);
  });

  it.runIf(hasOpa())("is read as opa reads it", async () => {
    const told = JSON.parse(String(execFileSync(OPA, ["inspect", "-a", "-f", "json", directory])));
    const ids = told.annotations
      .map((each: { annotations: { custom?: { rule?: string } } }) => each.annotations.custom?.rule)
      .filter(Boolean);
    expect(new Set((await readAnnotatedRules(directory)).map(({ rule }) => rule))).toEqual(new Set(ids));
  });
});

describe("a pack's README", () => {
  it("is stale when an annotation changes, missing when it is not there, and made anew", async () => {
    const copy = copyPack(path.join(PACKS, "agents"));
    appendFileSync(
      path.join(copy, "tests.rego"),
      "\n# METADATA\n# title: A | b\n# description: is <new>\n# custom:\n#   rule: agents/new\n#   severity: low\n#   fix: Do it.\nwarn contains 1\n",
    );
    expect(await checkPolicyPackReadme(copy)).toContain("not what the annotations give");
    rmSync(path.join(copy, "README.md"));
    expect(await checkPolicyPackReadme(copy)).toContain("missing");
    await documentPolicyPack(copy);
    expect(await checkPolicyPackReadme(copy)).toBeUndefined();
    expect(readFileSync(path.join(copy, "README.md"), "utf8")).toContain(
      "| `agents/new` | warn | low | A \\| b | It is &lt;new&gt;. | Do it. |",
    );
  });

  it("is refused where an annotation lacks its rule", async () => {
    const copy = copyPack(path.join(PACKS, "agents"));
    writeFileSync(path.join(copy, "more.rego"), "# METADATA\n# title: x\n# description: y\nwarn contains 1\n");
    await expect(documentPolicyPack(copy)).rejects.toMatchObject({ code: "config_invalid" });
  });
});

describe("the packs that read changed lines", () => {
  it("hold the same changed.rego", () => {
    const holders = NAMES.map((name) => path.join(PACKS, name, "changed.rego"));
    const texts = holders.flatMap((file) => read(file));
    expect(texts.length).toBeGreaterThan(1);
    expect(new Set(texts).size).toBe(1);
  });
});

function read(file: string): readonly string[] {
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    return [];
  }
}

function hasOpa(): boolean {
  try {
    execFileSync(OPA, ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
