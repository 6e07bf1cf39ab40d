import { describe, expect, it } from "vitest";
import { requestApproval } from "../../../orchestrator/approval/request.ts";
import type { Authority } from "../../../orchestrator/authority/index.ts";
import type { Flight } from "../../../orchestrator/drive/flight.ts";
import { authorityFrom, people, refusal } from "../authority/people.ts";
import { opened } from "../ledger-fixture.ts";
import { judged, NOW, recordOf, TOKEN } from "./waiting-run.ts";

/** The part of a flight that a request is made from. */
const flight = (authority?: Authority): Flight => {
  const crew = { now: () => Date.parse(NOW), newId: () => "01NEW" };
  return { crew, governance: { authority, approvalTtlSeconds: 90 } } as unknown as Flight;
};
const run = judged("require_approval");

describe("a request for approval", () => {
  it("is bound to the plan, lasts as long as the governance says, and can be answered once", () => {
    const first = requestApproval(flight(), run, [], ["why"]);
    expect(first).toEqual({
      type: "approval.requested",
      data: {
        approval_id: "01NEW",
        token: TOKEN,
        gates: [{ role: "operator", count: 1 }],
        separation_of_duties: false,
        reasons: ["why"],
        expires_at: new Date(Date.parse(NOW) + 90_000).toISOString(),
        nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    expect(requestApproval(flight(), run, [], ["why"])).not.toEqual(first);
  });

  it("takes gates and duties from the authority file", async () => {
    const roles = { grace: ["operator", "security"], linus: ["security"] };
    const gates = { security: { count: 2 } };
    const apart = await authorityFrom({ people: people(roles), gates });
    expect(requestApproval(flight(apart), run, ["security"], []).data).toMatchObject({
      gates: [{ role: "security", count: 2 }],
      separation_of_duties: true,
    });
    const together = await authorityFrom({ people: people(roles), gates, separation_of_duties: false });
    expect(requestApproval(flight(together), run, ["security"], []).data).toMatchObject({
      separation_of_duties: false,
    });
  });

  it("is not made where nobody could answer it, nor without a plan", async () => {
    await refusal("authority_invalid", () => requestApproval(flight(), run, ["chief"], []));
    const own = await authorityFrom({ people: people({ ada: ["operator"] }) });
    await refusal("authority_invalid", () => requestApproval(flight(own), run, [], []));
    await refusal("internal", () => requestApproval(flight(), recordOf(opened()), [], []));
  });
});
