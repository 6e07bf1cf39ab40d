import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertSatisfiable, gateFor } from "../../../orchestrator/authority/index.ts";
import { canFill } from "../../../orchestrator/authority/seats.ts";
import { authorityFrom, people, refusal } from "./people.ts";

const team = { ada: ["operator", "security"], grace: ["operator"], linus: ["security"] };

describe("the gates of a plan", () => {
  it("are those of the roles that findings demand, each once, with their counts (AUTH-6)", async () => {
    const authority = await authorityFrom({ people: people(team), gates: { security: { count: 2 } } });
    expect(gateFor(authority, ["security", "operator", "security"])).toEqual([
      { role: "operator", count: 1 },
      { role: "security", count: 2 },
    ]);
  });

  it("are the default role's where no role is named, also beside named ones (AUTH-6)", async () => {
    const authority = await authorityFrom({ people: people(team), default_role: "security" });
    expect(gateFor(authority, [])).toEqual([{ role: "security", count: 1 }]);
    expect(gateFor(authority, ["operator", undefined])).toEqual([
      { role: "operator", count: 1 },
      { role: "security", count: 1 },
    ]);
  });

  it("are one operator without an authority file; any other role is refused (AUTH-7)", async () => {
    expect(gateFor(undefined, [])).toEqual([{ role: "operator", count: 1 }]);
    const error = await refusal("authority_invalid", () => gateFor(undefined, ["security"]));
    expect(error.message).toMatch(/`security`.*without an authority file/);
  });

  it("are refused for a role that nobody holds (AUTH-6)", async () => {
    const authority = await authorityFrom({ people: people(team) });
    const error = await refusal("authority_invalid", () => gateFor(authority, ["chief"]));
    expect(error.detail).toEqual({ role: "chief", needed: 1, have: 0 });
  });
});

describe("a gate that cannot be passed", () => {
  it("is refused when the requester is one of too few, under any spelling (AUTH-8)", async () => {
    const authority = await authorityFrom({ people: people(team), gates: { security: { count: 2 } } });
    const gates = gateFor(authority, ["security"]);
    expect(() => assertSatisfiable(authority, gates, "grace")).not.toThrow();
    for (const requester of ["ada", "ADA"]) {
      const error = await refusal("authority_invalid", () => assertSatisfiable(authority, gates, requester));
      expect(error.detail).toEqual({ role: "security", needed: 2, have: 1 });
      expect(error.message).toMatch(/`security` needs 2 .*but 1 besides/);
    }
  });

  it("is not refused for that reason without separation of duties (AUTH-8)", async () => {
    const authority = await authorityFrom({ people: people(team), separation_of_duties: false });
    expect(() => assertSatisfiable(authority, gateFor(authority, ["security"]), "ada")).not.toThrow();
    // One person may then pass two gates.
    const alone = await authorityFrom({
      people: people({ ada: ["operator", "security"] }),
      separation_of_duties: false,
    });
    expect(() => assertSatisfiable(alone, gateFor(alone, ["security", "operator"]), "ada")).not.toThrow();
  });

  it("is refused where gates would need one person twice (AUTH-8)", async () => {
    const authority = await authorityFrom({ people: people(team), gates: { security: { count: 2 } } });
    const gates = gateFor(authority, ["security", "operator"]);
    expect(() => assertSatisfiable(authority, gates, "somebody")).not.toThrow();
    const error = await refusal("authority_invalid", () => assertSatisfiable(authority, gates, "grace"));
    expect(error.message).toMatch(
      /gates `operator` \(1\) and `security` \(2\) need 3 different people besides the requester grace, and the 2/,
    );
    expect(error.detail).toEqual({ role: "operator, security", needed: 3, have: 2 });
  });

  it("is refused without an authority file when it needs a second person (AUTH-7)", async () => {
    const gates = [{ role: "operator", count: 2 }];
    const error = await refusal("authority_invalid", () => assertSatisfiable(undefined, gates, "ada"));
    expect(error.detail).toEqual({ role: "operator", needed: 2, have: 1 });
    expect(() => assertSatisfiable(undefined, gateFor(undefined, []), "ada")).not.toThrow();
  });
});

describe("filling places when nobody takes two", () => {
  it("fails where there are places and no list of people", () => {
    expect(canFill([1], [])).toBe(false);
    expect(canFill([0], [])).toBe(true);
  });

  it("succeeds exactly when Hall's condition holds for every set of gates", () => {
    const rows = fc.array(
      fc.record({ count: fc.integer({ min: 1, max: 3 }), people: fc.uniqueArray(fc.constantFrom(..."abcdef")) }),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(rows, (gates) => {
        const subsets = Array.from({ length: 2 ** gates.length }, (_, bits) => gates.filter((_, i) => bits & (1 << i)));
        const enough = subsets.every((subset) => {
          const needed = subset.reduce((sum, gate) => sum + gate.count, 0);
          return new Set(subset.flatMap((gate) => gate.people)).size >= needed;
        });
        const filled = canFill(
          gates.map((gate) => gate.count),
          gates.map((gate) => gate.people),
        );
        expect(filled).toBe(enough);
      }),
    );
  });
});
