import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertMayVote, type CountedVote, tally } from "../../../orchestrator/authority/index.ts";
import { refusal } from "./people.ts";

const vote = (id: string, role: string, decision: CountedVote["decision"] = "approve"): CountedVote => ({
  decision,
  approver: { id, proven: true },
  role,
});
const requester = { id: "rosa", proven: false };
const apart = { separationOfDuties: true };
const together = { separationOfDuties: false };
const two = [{ role: "security", count: 2 }];
const both = [
  { role: "operator", count: 1 },
  { role: "security", count: 1 },
];

describe("counting votes", () => {
  it("needs as many distinct people of the role as the gate says (AUTH-15)", () => {
    const one = [vote("ada", "security"), vote("ADA", "security"), vote("ada", "operator")];
    expect(tally(two, one, requester, apart)).toEqual({
      satisfied: false,
      missing: [{ role: "security", needed: 2, have: 1 }],
    });
    expect(tally(two, [...one, vote("linus", "security")], requester, apart)).toEqual({ satisfied: true, missing: [] });
  });

  it("does not count the requester with separation of duties (AUTH-16)", () => {
    const votes = [vote("Rosa", "security"), vote("ada", "security")];
    expect(tally(two, votes, requester, apart).satisfied).toBe(false);
    expect(tally(two, votes, requester, together).satisfied).toBe(true);
  });

  it("counts a person for one gate with separation of duties, for each gate without (AUTH-16)", () => {
    const votes = [vote("ada", "operator"), vote("ada", "security")];
    expect(tally(both, votes, requester, apart).missing).toEqual([{ role: "security", needed: 1, have: 0 }]);
    expect(tally(both, votes, requester, together).satisfied).toBe(true);
  });

  it("lets one rejection outweigh every approval (AUTH-17)", () => {
    const no = vote("grace", "security", "reject");
    const result = tally(two, [vote("ada", "security"), no, vote("linus", "security")], requester, apart);
    expect(result).toMatchObject({ satisfied: false, rejected: no });
  });

  it("counts no answer to another question (AUTH-15)", () => {
    const votes = [vote("ada", "security", "resolve-applied"), vote("linus", "security", "resolve-applied")];
    expect(tally(two, votes, requester, apart).satisfied).toBe(false);
  });

  it("refuses a request without gates, which nobody would have to pass (AUTH-15)", async () => {
    const none = { role: "operator", count: 0 };
    for (const gates of [
      [],
      [{ role: "security", count: 0 }],
      [{ role: "security", count: Number.NaN }],
      [...two, none],
    ]) {
      await refusal("internal", () => tally(gates, [], requester, apart));
    }
  });
});

const person = fc.constantFrom("ada", "grace", "linus", "rosa", "tim");
const role = fc.constantFrom("operator", "security", "chief");
const approvals = fc.array(fc.record({ id: person, role }).map(({ id, role: held }) => vote(id, held)));
const gates = fc.uniqueArray(fc.record({ role, count: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  selector: (gate) => gate.role,
});
const duties = fc.boolean().map((separationOfDuties) => ({ separationOfDuties }));

describe("for any votes", () => {
  it("one more approval never takes anything away (AUTH-15)", () => {
    fc.assert(
      fc.property(gates, approvals, approvals, duties, (asked, votes, more, rule) => {
        const have = (counted: readonly CountedVote[]) =>
          asked.map((gate) => {
            const { missing } = tally(asked, counted, requester, rule);
            return missing.find((lacking) => lacking.role === gate.role)?.have ?? gate.count;
          });
        const before = have(votes);
        for (const [index, now] of have([...votes, ...more]).entries()) {
          expect(now).toBeGreaterThanOrEqual(before[index] ?? 0);
        }
        const satisfied = tally(asked, votes, requester, rule).satisfied;
        if (satisfied) expect(tally(asked, [...votes, ...more], requester, rule).satisfied).toBe(true);
      }),
    );
  });

  it("fewer distinct people than a gate needs never satisfy it, nor all gates together when duties are apart (AUTH-16)", () => {
    fc.assert(
      fc.property(gates, approvals, duties, (asked, votes, rule) => {
        if (!tally(asked, votes, requester, rule).satisfied) return;
        const others = votes.filter(({ approver }) => !rule.separationOfDuties || approver.id !== requester.id);
        for (const gate of asked) {
          const able = new Set(others.filter((each) => each.role === gate.role).map(({ approver }) => approver.id));
          expect(able.size).toBeGreaterThanOrEqual(gate.count);
        }
        if (!rule.separationOfDuties) return;
        const needed = asked.reduce((sum, gate) => sum + gate.count, 0);
        expect(new Set(others.map(({ approver }) => approver.id)).size).toBeGreaterThanOrEqual(needed);
      }),
    );
  });

  it("every vote that may be recorded counts (AUTH-18)", () => {
    fc.assert(
      fc.property(gates, approvals, duties, (asked, votes, rule) => {
        const recorded: CountedVote[] = [];
        const lacking = () =>
          tally(asked, recorded, requester, rule).missing.reduce((sum, gate) => sum + gate.needed - gate.have, 0);
        for (const next of votes) {
          const before = lacking();
          try {
            assertMayVote(asked, recorded, next, requester, rule);
          } catch {
            continue;
          }
          recorded.push(next);
          expect(lacking()).toBe(before - 1);
        }
      }),
    );
  });
});

describe("a vote that may not be recorded", () => {
  const refused = async (votes: CountedVote[], next: CountedVote, sentence: RegExp, rule = apart, asked = both) => {
    const error = await refusal("approval_invalid", () => assertMayVote(asked, votes, next, requester, rule));
    expect(error.message).toMatch(sentence);
    expect(error.detail).toEqual({ approver: next.approver.id, role: next.role });
  };

  it("is the same person's second in a role (AUTH-18)", async () => {
    await refused([vote("ada", "security")], vote("Ada", "security"), /twice/, apart, two);
    await refused([vote("ada", "security")], vote("ada", "security"), /twice/, together, two);
  });

  it("is the same person's for a second gate, with separation of duties (AUTH-18)", async () => {
    await refused([vote("ada", "operator")], vote("ada", "security"), /no second gate/);
    const next = vote("ada", "security");
    expect(() => assertMayVote(both, [vote("ada", "operator")], next, requester, together)).not.toThrow();
  });

  it("is the requester's own approval, with separation of duties (AUTH-18)", async () => {
    await refused([], vote("Rosa", "security"), /asked for the run/);
    expect(() => assertMayVote(both, [], vote("rosa", "security"), requester, together)).not.toThrow();
  });

  it("is one in a role that no gate asks for, or that answers another question (AUTH-18)", async () => {
    await refused([], vote("ada", "chief"), /asks for `operator`, `security`/);
    await refused([], vote("ada", "security", "resolve-applied"), /resolve-applied/);
  });

  it("is one after a rejection (AUTH-18)", async () => {
    await refused([vote("ada", "operator", "reject")], vote("linus", "security"), /ada has rejected/);
  });

  it("is one more where enough have approved (AUTH-18)", async () => {
    const enough = [vote("ada", "operator")];
    const late = () => assertMayVote(both, enough, vote("tim", "operator"), requester, apart);
    expect((await refusal("state_conflict", late)).detail).toEqual({ approver: "tim", role: "operator" });
  });

  it("is not the one that is still lacking, where an earlier one does not count (AUTH-18)", () => {
    const next = vote("tim", "security");
    expect(() => assertMayVote(both, [vote("rosa", "security")], next, requester, apart)).not.toThrow();
    const answer = vote("tim", "security", "resolve-applied");
    for (const rule of [apart, together])
      expect(() => assertMayVote(both, [answer], next, requester, rule)).not.toThrow();
  });

  it("is never a first rejection by somebody with a gate's role: not the requester's, nor after approving (AUTH-18)", () => {
    const votes = [vote("ada", "operator")];
    for (const id of ["rosa", "ada", "tim"]) {
      expect(() => assertMayVote(both, votes, vote(id, "operator", "reject"), requester, apart)).not.toThrow();
    }
  });
});
