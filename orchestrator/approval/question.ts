import type { RecordedVote } from "../ledger/event.ts";
import type { RunRecord } from "../runs/record.ts";

/**
 * What the vote answers. A word about an interrupted take-off answers no approval request: it is bound to the run alone and
 * holds as long as the ledger does.
 */
export function requestOf(
  run: RunRecord,
  decision: RecordedVote["decision"],
): { approval_id: string; expires_at: string; nonce: string } {
  const about = decision === "approve" || decision === "reject" ? run.approval : null;
  return (
    about ?? {
      approval_id: run.run_id,
      expires_at: "9999-12-31T23:59:59.999Z",
      nonce: `attempt-${run.take_off_attempts}`,
    }
  );
}
