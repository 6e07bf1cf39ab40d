import { describe, expect, it } from "vitest";
import { bindingViolations, hasEnded } from "../../../orchestrator/integrity/bindings.ts";
import { draft, type EventDraft, type LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { RUN_STATES } from "../../../orchestrator/states/states.ts";
import { granted, judged, recorded, TOKEN, voteOf, waiting } from "../approval/waiting-run.ts";
import { requestedApproval, wholeRun } from "../ledger-fixture.ts";

const other = "0".repeat(64);
const hash = "d".repeat(64);
const told = (run: RunRecord, event: EventDraft) =>
  bindingViolations(run, event as LedgerEvent).map(({ code, message }) => `${code}: ${message}`);
const verified = (change = {}): EventDraft =>
  draft("token.verified", { token: TOKEN, workspace_hash: hash, governance_digest: "a".repeat(64), ...change });
const started = (token = TOKEN): EventDraft => draft("take_off.started", { token, attempt: 1 });
const allowed = judged("allow");
const mismatch = (what: string, found: string, expected: string) =>
  `token_mismatch: its ${what} is ${found}, the run's is ${expected}`;

describe("events of one run", () => {
  it("speak of one plan and one ground", () => {
    for (const event of wholeRun()) expect(told(allowed, event), event.type).toEqual([]);
    const token = mismatch("plan-token", other, TOKEN);
    const made = { token: TOKEN, changes: { files: 0, insertions: 0, deletions: 0 }, review_sha256: null };
    expect(told(allowed, draft("token.created", { ...made, workspace_hash: other }))).toEqual([
      mismatch("workspace hash", other, hash),
    ]);
    expect(told(allowed, requestedApproval({ token: other }))).toEqual([token]);
    expect(told(allowed, started(other))).toEqual([token]);
    expect(told(allowed, draft("take_off.retried", { token: other, attempt: 2, evidence: "" }))).toEqual([token]);
    expect(told(allowed, verified({ token: other }))).toEqual([token]);
    expect(told(allowed, verified({ workspace_hash: other }))).toEqual([mismatch("workspace hash", other, hash)]);
    expect(told(allowed, verified({ governance_digest: other }))).toEqual([
      mismatch("governance digest", other, "a".repeat(64)),
    ]);
  });

  it("go on to take-off only by allow, by warn, or by a grant where an approval was needed", () => {
    const unapproved = "approval_invalid: it went on to take-off without the approval it needed";
    const approved = waiting({}, recorded(voteOf("ada")), granted());
    const against = (decision: string) =>
      `approval_invalid: it went on to take-off although the decision was ${decision}`;
    for (const event of [verified(), started()]) {
      for (const run of [allowed, judged("warn"), approved]) expect(told(run, event)).toEqual([]);
      for (const run of [judged("require_approval"), waiting()]) expect(told(run, event)).toEqual([unapproved]);
      expect(told(judged("deny"), event)).toEqual([against("deny")]);
      expect(told({ ...approved, decision: "deny" }, event)).toEqual([against("deny")]);
      expect(told({ ...approved, decision: null }, event)).toEqual([against("never made")]);
    }
  });

  it("end with one of three states", () => {
    const ends = RUN_STATES.filter((state) => hasEnded({ ...allowed, state }));
    expect(ends).toEqual(["COMPLETED", "FAILED", "CANCELLED"]);
  });
});
