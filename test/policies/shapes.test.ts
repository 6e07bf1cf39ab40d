import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../schema/index.ts";
import { change, input } from "./input.ts";
import { fixturePack, startJudge } from "./packs.ts";

let shapes: Promise<ReadonlyMap<string, Evaluation>> | undefined;

/** Every entry point of the fixture, evaluated once by real WebAssembly. */
async function evaluateShapes(): Promise<ReadonlyMap<string, Evaluation>> {
  const judge = startJudge([{ directory: fixturePack("shapes"), data: { refuse: { this: true, that: false } } }]);
  const evaluations = await judge.judge(input([change("src/a.ts")]));
  return new Map(evaluations.map((evaluation) => [evaluation.policy_id.replace("shapes/shapes/", ""), evaluation]));
}

async function shape(name: string): Promise<Evaluation> {
  shapes ??= evaluateShapes();
  const found = (await shapes).get(name);
  if (!found) throw new Error(`no evaluation of shapes/${name}`);
  return found;
}

describe("answers of policies that are understood", () => {
  it("yields one evaluation an entry point, in the manifest's order, with digests and counts as evidence", async () => {
    const { evidence, ...allowed } = await shape("allowed");
    expect([...(await (shapes ?? new Map())).keys()].slice(0, 3)).toEqual(["allowed", "strings", "objects"]);
    expect(allowed).toMatchObject({ source: "opa", version: "1.0.0", decision: "allow", reason: "no rule objects" });
    expect(allowed.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(evidence).toMatchObject({
      entrypoint: "shapes/allowed",
      origin: "governance",
      input_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      data_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      findings: { deny: 0, require_approval: 0, warn: 0 },
    });
  });

  it("reads the rule sets of strings, the most severe first", async () => {
    const { decision, findings, reason } = await shape("strings");
    expect({ decision, reason }).toEqual({ decision: "deny", reason: "first (and 2 more)" });
    expect(findings).toEqual([
      { decision: "deny", message: "first" },
      { decision: "require_approval", message: "third" },
      { decision: "warn", message: "second" },
    ]);
  });

  it("reads objects with msg and keeps where, why and who", async () => {
    const { msg: _, ...where } = {
      msg: 0,
      rule: "r/1",
      severity: "high",
      artifact: "a",
      file: "f.ts",
      line: 7,
      fix: "do",
    };
    expect((await shape("objects")).findings).toEqual([
      { decision: "deny", message: "bad", role: "security", ...where, metadata: { more: 1 } },
    ]);
  });

  it.each([
    ["suffixed", "deny"],
    ["noted", "warn"],
    ["decided", "require_approval"],
    ["granted", "allow"],
    ["from_data", "deny"],
    ["many", "warn"],
  ])("understands shapes/%s as %s", async (name, decision) => {
    const evaluation = await shape(name);
    expect(evaluation.failure).toBeUndefined();
    expect(evaluation.decision).toBe(decision);
  });

  it("lists what an object with a decision lists, under its own reason", async () => {
    const { reason, findings } = await shape("decided");
    expect(reason).toBe("because");
    expect(findings.map(({ decision, message }) => `${decision} ${message}`)).toEqual(["require_approval v", "warn w"]);
  });

  it("says so where an object decides without a reason", async () => {
    expect(await shape("bare")).toMatchObject({ decision: "deny", reason: "its decision is deny, without a reason" });
  });

  it("lets governance override the data document", async () => {
    expect((await shape("from_data")).findings.map(({ message }) => message)).toEqual(["this"]);
  });

  it("keeps what else a rule says as metadata, within bounds", async () => {
    const metadata = { id: "X-1", links: ["a"] };
    expect((await shape("described")).findings).toEqual([{ decision: "deny", message: "bad", line: 2, metadata }]);
    expect((await shape("described_at_length")).findings[0]?.metadata).toEqual({ omitted: ["text"] });
  });

  it("lifts the rules that the policy excepts, by the names conftest gives them, and records what they found", async () => {
    const { decision, findings, evidence } = await shape("excepted");
    expect({ decision, findings }).toEqual({ decision: "warn", findings: [{ decision: "warn", message: "no tag" }] });
    expect(evidence["excepted"]).toEqual({
      count: 2,
      findings: [
        { decision: "deny", message: "also as root", metadata: { id: "X-1" }, set: "violation_run_as_root" },
        { decision: "deny", message: "as root", set: "deny_run_as_root" },
      ],
    });
  });

  it("lifts the rules without a name by the empty name, and no others", async () => {
    const { findings, evidence } = await shape("excepted_whole");
    expect(findings.map(({ message }) => message)).toEqual(["with a name"]);
    expect(evidence["excepted"]).toMatchObject({ count: 1 });
  });

  it("shortens long lists but counts all and loses no role", async () => {
    const { findings, evidence } = await shape("many");
    expect(findings.length).toBe(501);
    expect(findings.at(-1)).toMatchObject({ message: "999", role: "late" });
    expect(evidence["findings"]).toMatchObject({ warn: 999 });
  });
});

describe("answers of policies that are not understood are denied", () => {
  it.each([
    ["undefined_rule", "result_undefined"],
    ["known_by_nothing", "result_unknown"],
    ["list", "result_unknown"],
    ["list_itself", "result_unknown"],
    ["truth", "result_unknown"],
    ["text", "result_unknown"],
    ["unknown_word", "decision_unknown"],
    ["word_of_another_type", "decision_unknown"],
    ["contradictory", "result_invalid"],
    ["deny_is_true", "result_invalid"],
    ["deny_is_text", "result_invalid"],
    ["member_is_number", "result_invalid"],
    ["member_without_msg", "result_invalid"],
    ["member_with_bad_line", "result_invalid"],
    ["reason_is_number", "result_invalid"],
    ["conflicting", "evaluation_failed"],
    ["exception_of_text", "result_invalid"],
    ["exception_of_number", "result_invalid"],
  ])("shapes/%s: %s", async (name, failure) => {
    const evaluation = await shape(name);
    expect(evaluation).toMatchObject({ decision: "deny", failure, findings: [] });
    expect(evaluation.reason).toMatch(/^The policy shapes\/shapes\/\w+ could not judge this plan: .+/);
  });
});
