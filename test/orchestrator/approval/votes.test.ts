import { beforeAll, describe, expect, it } from "vitest";
import { assertResolution, assertVote, assertVotesHold } from "../../../orchestrator/approval/votes.ts";
import type { Authority } from "../../../orchestrator/authority/index.ts";
import type { RecordedVote } from "../../../orchestrator/ledger/event.ts";
import { authorityFrom, makeKey, people, refusal } from "../authority/people.ts";
import { NOW, recorded, voteOf, waiting } from "./waiting-run.ts";

const [grace, linus, chief] = [makeKey(), makeKey(), makeKey()];
let authority: Authority;
beforeAll(async () => {
  const roles = { grace: ["operator"], linus: ["operator", "chief"], bob: ["chief"] };
  authority = await authorityFrom({ people: people(roles, { grace, linus, bob: chief }) });
});

describe("a vote that is to be recorded", () => {
  it("must be in a role that the request asks for, one of them at least", async () => {
    const run = waiting();
    const refused = () => assertVote(undefined, run, run.approval, voteOf("ada", { role: "chief" }), NOW);
    const error = await refusal("approval_invalid", refused);
    expect(error.message).toBe("The request asks for operator; ada acts as chief.");
    expect(error.detail).toEqual({ required: "operator", role: "chief" });
    const two = waiting({
      gates: [
        { role: "chief", count: 1 },
        { role: "operator", count: 1 },
      ],
    });
    expect(() => assertVote(authority, two, two.approval, voteOf("grace", {}, grace), NOW)).not.toThrow();
    const odd = () => assertVote(undefined, two, two.approval, voteOf("ada", { role: "guest" }), NOW);
    expect((await refusal("approval_invalid", odd)).detail).toEqual({ required: "chief, operator", role: "guest" });
  });

  it("must not be the requester's where the request separates duties, and may be where not", async () => {
    const apart = waiting({ separation_of_duties: true });
    const error = await refusal("approval_invalid", () =>
      assertVote(undefined, apart, apart.approval, voteOf("ada"), NOW),
    );
    expect(error.message).toContain("cannot approve it as well");
    const together = waiting();
    expect(() => assertVote(undefined, together, together.approval, voteOf("ada"), NOW)).not.toThrow();
  });

  it("is verified: for another request or with another signature it is refused", async () => {
    const run = waiting();
    const check = (vote: RecordedVote) => () => assertVote(authority, run, run.approval, vote, NOW);
    expect(check(voteOf("grace", {}, grace))).not.toThrow();
    await refusal("approval_invalid", check(voteOf("grace", { approval_id: "01B" }, grace)));
    await refusal("approval_invalid", check(voteOf("grace", {}, linus)));
    await refusal("approval_invalid", check(voteOf("grace")));
  });
});

describe("votes that are looked at again at take-off", () => {
  const hold = (votes: readonly RecordedVote[], changes: Parameters<typeof waiting>[0] = {}, rules = authority) => {
    const run = waiting(changes, ...votes.map(recorded));
    return () => assertVotesHold(rules, run, run.approval, NOW);
  };

  it("hold when they are enough, each still signed by who may give it", () => {
    expect(hold([voteOf("grace", {}, grace)])).not.toThrow();
  });

  it("are refused when they are not enough, or fewer than it seemed", async () => {
    const two = { gates: [{ role: "operator", count: 2 }] };
    for (const votes of [[], [voteOf("grace", {}, grace)], [voteOf("grace", {}, grace), voteOf("grace", {}, grace)]]) {
      const error = await refusal("approval_invalid", hold(votes, two));
      expect(error.message).toBe("The recorded approvals are not enough for the gates of this plan.");
    }
    expect(hold([voteOf("grace", {}, grace), voteOf("linus", {}, linus)], two)).not.toThrow();
  });

  it("are refused when one of them rejects", async () => {
    await refusal(
      "approval_invalid",
      hold([voteOf("grace", { decision: "reject" }, grace), voteOf("linus", {}, linus)]),
    );
  });

  it("do not count a requester where the request separated duties", async () => {
    const key = makeKey();
    const rules = await authorityFrom({
      people: people({ ada: ["operator"] }, { ada: key }),
      separation_of_duties: false,
    });
    const own = [voteOf("ada", {}, key)];
    expect(hold(own, {}, rules)).not.toThrow();
    await refusal("approval_invalid", hold(own, { separation_of_duties: true }, rules));
  });

  it("are refused where what is shown is not what was signed: person, decision or role", async () => {
    const signed = voteOf("linus", {}, linus);
    const gates = [
      { role: "chief", count: 1 },
      { role: "operator", count: 1 },
    ];
    const others = [voteOf("grace", {}, grace), voteOf("bob", { role: "chief" }, chief)];
    // With the others the gates are passed, so that nothing but the changed vote can be refused.
    expect(hold([...others, signed], { gates })).not.toThrow();
    const changes: Partial<RecordedVote>[] = [
      { approver: { id: "bob", proven: true } },
      { decision: "resolve-applied" },
      { role: "chief" },
    ];
    for (const change of changes) {
      const shown = { ...signed, ...change };
      const error = await refusal("approval_invalid", hold([...others, shown], { gates }));
      expect(error.message).toBe(`The vote of ${shown.approver.id} is not what was signed.`);
    }
  });
});

describe("a word about an interrupted take-off", () => {
  const about = (role: string): RecordedVote => {
    const bound = { approval_id: "01RUN", expires_at: "9999-12-31T23:59:59.999Z", nonce: "attempt-0" };
    return voteOf("ada", { ...bound, role, decision: "resolve-applied" });
  };

  it("is an operator's where no authority file is in force", async () => {
    expect(() => assertResolution(undefined, waiting(), about("operator"), NOW)).not.toThrow();
    const error = await refusal("approval_invalid", () => assertResolution(undefined, waiting(), about("chief"), NOW));
    expect(error.message).toContain("Only role operator");
  });

  it("is no answer when it only approves", async () => {
    const vote = voteOf("ada");
    await refusal("approval_invalid", () => assertResolution(undefined, waiting(), vote, NOW));
  });
});
