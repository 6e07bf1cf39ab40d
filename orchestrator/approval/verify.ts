import { CabincrewError } from "../../schema/index.ts";
import type { Flight } from "../drive/flight.ts";
import type { RunRecord } from "../runs/record.ts";
import { clockRemark } from "./present.ts";
import { assertVotesHold } from "./votes.ts";

/**
 * Take-off's own check of the approval (DESIGN section 3): decided by allow or warn, or granted by enough people, each
 * signature verified again, for this run and this token, and not past its end. `present` is what `presentFor` says.
 */
export function assertApproved(flight: Flight, run: RunRecord, present: number): void {
  if (run.decision === "allow" || run.decision === "warn") return;
  const { approval } = run;
  if (run.decision !== "require_approval" || approval?.status !== "granted") {
    throw new CabincrewError("approval_invalid", "The plan needs an approval that was never granted.");
  }
  if (approval.token !== run.token) {
    throw new CabincrewError("approval_invalid", "The approval is for another plan-token.", {
      detail: { expected: run.token, actual: approval.token },
    });
  }
  if (Date.parse(approval.expires_at) <= present) {
    const remark = clockRemark(flight.crew.now(), present);
    throw new CabincrewError("approval_expired", `The approval was valid until ${approval.expires_at}.${remark}`);
  }
  assertVotesHold(flight.governance.authority, run, approval, new Date(present).toISOString());
}
