import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtinPolicyPack } from "../../policies/index.ts";
import { change, input } from "./input.ts";
import { startJudge } from "./packs.ts";

const PACKS = path.dirname(builtinPolicyPack("default"));
const SPECIALISTS = readdirSync(PACKS).filter((name) => {
  const manifest = JSON.parse(readFileSync(path.join(PACKS, name, "pack.json"), "utf8"));
  return manifest.input?.view === "documents";
});
const ELSEWHERE = input([change("src/main.bin")], { permissions: { ...input([]).permissions, network: true } });

describe.each(SPECIALISTS)("the shipped pack %s, which sees documents of one kind,", (name) => {
  const directory = path.join(PACKS, name);

  it("says nothing of a plan without any when it is asked", async () => {
    // Not as a builtin: then it is loaded and evaluated whatever the plan holds.
    const [asked] = await startJudge([{ directory, origin: "governance" }]).judge(ELSEWHERE);
    expect(asked).toMatchObject({ decision: "allow", reason: "no rule objects", findings: [] });
  });

  it("is not asked about such a plan, and the evidence says why", async () => {
    const [spared] = await startJudge([{ directory, origin: "builtin" }]).judge(ELSEWHERE);
    expect(spared).toMatchObject({
      policy_id: name,
      decision: "allow",
      reason: "nothing of its kind is in the plan",
      evidence: { origin: "builtin", view: { artifacts: 0 } },
    });
  });

  it("is asked whenever its data was changed, for only it knows whether that is well formed", async () => {
    const [judged] = await startJudge([{ directory, origin: "builtin", data: { unknown_key: [] } }]).judge(ELSEWHERE);
    expect(judged?.reason).not.toContain("of its kind");
  });
});
