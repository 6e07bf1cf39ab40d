import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate, severityOf } from "../../policies/index.ts";
import { DECISIONS, type Evaluation } from "../../schema/index.ts";

const evaluation = (overrides: Partial<Evaluation>): Evaluation => ({
  source: "opa",
  policy_id: "p",
  decision: "allow",
  reason: "because",
  findings: [],
  evidence: {},
  ...overrides,
});

const decision = fc.constantFrom(...DECISIONS);
const finding = fc.record(
  {
    decision: fc.constantFrom("deny", "require_approval", "warn"),
    message: fc.string(),
    role: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ["decision", "message"] },
);
const arbitrary = fc
  .record({
    decision,
    failure: fc.option(fc.string(), { nil: undefined }),
    findings: fc.array(finding, { maxLength: 4 }),
  })
  .map(({ failure, decision, findings }) =>
    evaluation({
      decision,
      findings: findings.map(({ role, ...rest }) => ({ ...rest, ...(role === undefined ? {} : { role }) })),
      ...(failure === undefined ? {} : { failure }),
    }),
  );

describe("aggregation (DESIGN section 5)", () => {
  it("denies when nobody judged", () => {
    expect(aggregate([])).toBe("deny");
  });

  it("takes the most severe decision: deny, then require_approval, then warn, then allow", () => {
    fc.assert(
      fc.property(fc.array(decision, { minLength: 1 }), (decisions) => {
        const severest = Math.max(...decisions.map(severityOf));
        expect(aggregate(decisions.map((word) => evaluation({ decision: word })))).toBe(DECISIONS[severest]);
      }),
    );
  });

  it("does not depend on the order of the evaluations", () => {
    fc.assert(
      fc.property(fc.array(arbitrary), fc.infiniteStream(fc.nat()), (evaluations, keys) => {
        const key = new Map(evaluations.map((each) => [each, keys.next().value]));
        const shuffled = [...evaluations].sort((a, b) => Number(key.get(a)) - Number(key.get(b)));
        expect(aggregate(shuffled)).toBe(aggregate(evaluations));
      }),
    );
  });

  it("is never relaxed by one more evaluation", () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 1 }), arbitrary, (evaluations, more) => {
        const before = aggregate(evaluations);
        const after = aggregate([...evaluations, more]);
        expect(severityOf(after)).toBeGreaterThanOrEqual(severityOf(before));
      }),
    );
  });

  it("answers for anything that calls itself an evaluation, and an unknown word is a deny", () => {
    fc.assert(
      fc.property(fc.string(), (word) => {
        const known = (DECISIONS as readonly string[]).includes(word);
        const answer = aggregate([evaluation({ decision: word as "allow" })]);
        expect(answer).toBe(known ? word : "deny");
      }),
    );
  });

  it("takes a failure for a deny whatever else the evaluation says", () => {
    expect(aggregate([evaluation({ decision: "allow", failure: "timeout" })])).toBe("deny");
  });

  it("lets findings tighten the decision of their own evaluation", () => {
    const findings = [{ decision: "require_approval" as const, message: "look" }];
    expect(aggregate([evaluation({ decision: "allow", findings })])).toBe("require_approval");
  });
});
