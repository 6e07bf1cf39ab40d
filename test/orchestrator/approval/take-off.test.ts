import { describe, expect, it } from "vitest";
import { assertApproved } from "../../../orchestrator/approval/verify.ts";
import type { Authority } from "../../../orchestrator/authority/index.ts";
import type { Flight } from "../../../orchestrator/drive/flight.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { CabincrewError, type Decision } from "../../../schema/index.ts";
import { authorityFrom, makeKey, people, refusal } from "../authority/people.ts";
import { granted, judged, NOW, recorded, voteOf, waiting } from "./waiting-run.ts";

/** The part of a flight that this check reads: the time and the rules. */
const flight = (now = NOW, authority?: Authority): Flight =>
  ({ crew: { now: () => Date.parse(now) }, governance: { authority } }) as unknown as Flight;
const check =
  (run: RunRecord, during = flight()) =>
  () =>
    assertApproved(during, run, during.crew.now());
const never = "The plan needs an approval that was never granted.";

describe("take-off's own check of the approval", () => {
  it.each(["allow", "warn"] as Decision[])("asks for none where the decision is %s", (decision) => {
    expect(check(judged(decision))).not.toThrow();
  });

  it("refuses whatever else was decided, even with a granted approval", async () => {
    const approved = waiting({}, recorded(voteOf("ada")), granted());
    expect(check(approved)).not.toThrow();
    for (const decision of ["deny", null] as const) {
      expect((await refusal("approval_invalid", check({ ...approved, decision }))).message).toBe(never);
    }
  });

  it("refuses an approval that was not asked for, is pending or was closed", async () => {
    const enough = waiting({}, recorded(voteOf("ada")));
    const closed = { ...enough, approval: { ...enough.approval, status: "closed" as const } };
    for (const run of [judged("require_approval"), waiting(), enough, closed]) {
      expect((await refusal("approval_invalid", check(run))).message).toBe(never);
    }
  });

  it("refuses an approval of another plan-token, naming both", async () => {
    const approved = waiting({}, recorded(voteOf("ada")), granted());
    const other = { ...approved, token: "0".repeat(64) };
    const error = await refusal("approval_invalid", check(other));
    expect(error.message).toBe("The approval is for another plan-token.");
    expect(error.detail).toEqual({ expected: other.token, actual: approved.token });
  });

  it("refuses it from its last moment on, before it looks at a single vote", async () => {
    const approved = waiting({}, recorded(voteOf("ada")), granted());
    const { expires_at } = approved.approval;
    expect(check(approved, flight("2029-12-31T23:59:59.999Z"))).not.toThrow();
    const unvoted = waiting({}, granted());
    for (const run of [approved, unvoted]) {
      const error = await refusal("approval_expired", check(run, flight(expires_at)));
      expect(error.message).toBe(`The approval was valid until ${expires_at}.`);
    }
  });

  it("refuses one that was granted without enough votes", async () => {
    const error = await refusal("approval_invalid", check(waiting({}, granted())));
    expect(error).toBeInstanceOf(CabincrewError);
    expect(error.message).toContain("not enough");
  });

  it("verifies each signature under the authority of now", async () => {
    const key = makeKey();
    const rules = await authorityFrom({ people: people({ grace: ["operator"] }, { grace: key }) });
    const approved = waiting({}, recorded(voteOf("grace", {}, key)), granted());
    expect(check(approved, flight(NOW, rules))).not.toThrow();
    const others = await authorityFrom({ people: people({ grace: ["operator"] }) });
    await refusal("approval_invalid", check(approved, flight(NOW, others)));
    await refusal("approval_invalid", check(approved, flight(NOW)));
  });
});
