import { describe, expect, it } from "vitest";
import { type Waiver, type WaivingContext, waive } from "../../../orchestrator/waivers/index.ts";
import { aggregate } from "../../../policies/index.ts";
import type { Evaluation, Finding } from "../../../schema/index.ts";

const WAIVER: Waiver = {
  id: "W-1",
  rule: "pack/r/1",
  scope: { paths: ["test/**"] },
  owner: "ada",
  reason: "because",
  expires: "2026-02-01T00:00:00Z",
  to: "warn",
};
const CONTEXT: WaivingContext = {
  time: "2026-01-31T23:59:59.999Z",
  workspace: "/srv/app",
  workflow: "w",
  engine: "exec",
  pathOf: (name) => (name === "a" ? "test/a" : undefined),
};
const FOUND: Finding = { decision: "deny", message: "bad", rule: "r/1", file: "test/.hidden/x" };

function evaluation(findings: readonly Finding[], over: Partial<Evaluation> = {}): Evaluation {
  const counts = { deny: 0, require_approval: 0, warn: 0 };
  for (const finding of findings) counts[finding.decision] += 1;
  const decision = findings[0]?.decision ?? "allow";
  const evidence = { findings: counts };
  return { source: "opa", policy_id: "pack", decision, reason: "bad", findings, evidence, ...over };
}

const decided = async (made: Evaluation, waiver: Partial<Waiver> = {}, context: Partial<WaivingContext> = {}) =>
  aggregate(await waive([made], [{ ...WAIVER, ...waiver }], { ...CONTEXT, ...context }));

describe("a waiver (GOV-18)", () => {
  it("makes what it matches a warning, and keeps what the judge had decided", async () => {
    const [after] = await waive([evaluation([FOUND])], [WAIVER], CONTEXT);
    const { id, owner, reason, expires } = WAIVER;
    const waived = { id, owner, reason, expires, decision: "deny" };
    expect(after).toMatchObject({ decision: "warn", evidence: { waived: 1 } });
    expect(after?.findings).toEqual([{ ...FOUND, decision: "warn", waived }]);
    expect(after?.reason).toMatch(/1 of 1 findings waived/);
  });

  it("goes by the name that outputs show: a rule that begins with its policy's name is not given it twice", async () => {
    const own = evaluation([{ ...FOUND, rule: "pack/r/1" }]);
    expect(await decided(own)).toBe("warn");
    expect(await decided(own, { rule: "pack/pack/r/1" })).toBe("deny");
  });

  it("can ask for approval instead, and never tightens", async () => {
    expect(await decided(evaluation([FOUND]), { to: "require_approval" })).toBe("require_approval");
    const warning = evaluation([{ ...FOUND, decision: "warn" }]);
    expect(await waive([warning], [{ ...WAIVER, to: "require_approval" }], CONTEXT)).toEqual([warning]);
  });

  it("does nothing from the moment it expires, and is mentioned", async () => {
    const [after] = await waive([evaluation([FOUND])], [WAIVER], { ...CONTEXT, time: WAIVER.expires });
    expect(after).toMatchObject({ decision: "deny", findings: [FOUND] });
    expect(after?.evidence["waivers_expired"]).toEqual([{ id: "W-1", expires: WAIVER.expires }]);
  });

  it.each<[string, Partial<Finding>, Partial<Waiver>, Partial<WaivingContext>]>([
    ["another rule", { rule: "r/2" }, {}, {}],
    ["no rule", { rule: undefined as never }, {}, {}],
    ["another place", { file: "src/x" }, {}, {}],
    ["no place", { file: undefined as never }, {}, {}],
    ["another workspace", {}, { scope: { paths: ["test/**"], workspaces: ["/srv"] } }, {}],
    ["another workflow", {}, { scope: { paths: ["test/**"], workflows: ["v"] } }, {}],
    ["another engine", {}, { scope: { paths: ["test/**"], engines: ["exec"] } }, { engine: "exec2" }],
    ["a negation that is none", {}, { scope: { paths: ["!src/**"] } }, {}],
  ])("does not speak of %s", async (_, finding, waiver, context) => {
    expect(await decided(evaluation([{ ...FOUND, ...finding }]), waiver, context)).toBe("deny");
  });

  it("finds the place of a finding by its artifact where no file is named", async () => {
    const { file: _, ...rest } = FOUND;
    expect(await decided(evaluation([{ ...rest, artifact: "a" }]))).toBe("warn");
    expect(await decided(evaluation([{ ...rest, artifact: "b" }]))).toBe("deny");
  });

  it("leaves what the other findings decide", async () => {
    expect(await decided(evaluation([FOUND, { ...FOUND, rule: "r/2" }]))).toBe("deny");
    expect(await decided(evaluation([FOUND, { ...FOUND, decision: "require_approval", rule: "r/2" }]))).toBe(
      "require_approval",
    );
  });

  it("never lifts a failure, a denial of the orchestrator, or a judge's own word", async () => {
    expect(await decided(evaluation([FOUND], { failure: "timeout" }))).toBe("deny");
    expect(await decided(evaluation([FOUND], { source: "orchestrator" }))).toBe("deny");
    expect(await decided(evaluation([{ ...FOUND, decision: "require_approval" }], { decision: "deny" }))).toBe("deny");
    expect(await decided(evaluation([], { decision: "deny" }))).toBe("deny");
  });

  it("never lifts what was found and is not listed", async () => {
    const counts = (deny: number) => ({ evidence: { findings: { deny, require_approval: 0, warn: 9 } } });
    expect(await decided(evaluation([FOUND], counts(2)))).toBe("deny");
    expect(await decided(evaluation([FOUND], counts(1)))).toBe("warn");
    expect(await decided(evaluation([FOUND], { source: "onnx", evidence: { findings_total: 2 } }))).toBe("deny");
    expect(await decided(evaluation([FOUND], { source: "onnx", evidence: { findings_total: 1 } }))).toBe("warn");
    expect(await decided(evaluation([FOUND], { evidence: {} }))).toBe("deny");
  });

  it("yields to another that lowers more, then to one that holds longer", async () => {
    const longer = { ...WAIVER, id: "W-2", expires: "2026-03-01T00:00:00Z" };
    const milder = { ...longer, id: "W-3", to: "require_approval" as const };
    const [after] = await waive([evaluation([FOUND])], [WAIVER, milder, longer], CONTEXT);
    expect(after?.findings[0]?.waived?.id).toBe("W-2");
  });
});
