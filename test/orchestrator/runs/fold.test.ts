import { describe, expect, it } from "vitest";
import { draft, type EventDraft, type RecordedVote } from "../../../orchestrator/ledger/event.ts";
import { applyEvent, foldRun } from "../../../orchestrator/runs/fold.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { CabincrewError, type Evaluation, REASONS } from "../../../schema/index.ts";
import { opened, requestedApproval, spec, untilPreflight, wholeRun } from "../ledger-fixture.ts";

const at = (seq: number): string => new Date(Date.UTC(2026, 0, 2) + seq * 1000).toISOString();
const place = (seq: number) => ({ run_id: "01R", seq, at: at(seq) });

function fold(events: readonly EventDraft[]): RunRecord {
  const record = events.reduce<RunRecord | null>((before, event, index) => {
    return applyEvent(before, event, place(index + 1));
  }, null);
  if (!record) throw new Error("a run has events");
  return record;
}

/** What one event changes beside version and time, which every event moves on. */
function changedBy(before: RunRecord, event: EventDraft): Record<string, unknown> {
  const after = applyEvent(before, event, place(99));
  expect([after.version, after.updated_at]).toEqual([before.version + 1, at(99)]);
  const was: Record<string, unknown> = { ...before };
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => value !== was[key] && key !== "version" && key !== "updated_at"),
  );
}

const whole = wholeRun();
const nth = (index: number): EventDraft => whole[index] as EventDraft;
const by = { id: "ada", proven: false };
const evaluation = (policy_id: string): Evaluation => ({
  source: "opa",
  policy_id,
  decision: "allow",
  reason: "no rule matched",
  findings: [],
  evidence: {},
});
const vote: RecordedVote = {
  approval_id: "01A",
  decision: "approve",
  approver: by,
  role: "operator",
  comment: null,
  payload: {},
  signature: null,
  key_id: null,
};
const waiting = [...untilPreflight("require_approval"), requestedApproval()];
const failed = (log?: string): EventDraft =>
  draft("run.failed", {
    reason: "takeoff_failed",
    message: "It broke.",
    next: "Mend it.",
    detail: { secret: 1 },
    ...(log === undefined ? {} : { log_sha256: log }),
  });
const interrupted = [...whole.slice(0, 10), draft("take_off.interrupted", { by: "kill" })];

describe("the record of a run", () => {
  it("begins with who asked for what, and with nothing else known", () => {
    expect(fold([opened()])).toEqual({
      approval: null,
      artifacts: null,
      before_pause: null,
      changes: null,
      created_at: at(1),
      decision: null,
      evaluations: [],
      failure: null,
      flight_plan_attempts: 0,
      opened_seq: 1,
      outputs_sha256: null,
      plan: null,
      plan_receipt: null,
      reasons: [],
      requester: by,
      review_sha256: null,
      run_id: "01R",
      spec: spec(),
      state: "INIT",
      take_off: null,
      take_off_attempts: 0,
      token: null,
      unknown: null,
      updated_at: at(1),
      version: 1,
      workspace_hash: null,
    });
  });

  it("is nothing without events, and begins with no other event", () => {
    expect(foldRun([])).toBeNull();
    expect(() => fold([nth(1)])).toThrow(/flight_plan.started cannot happen in state \(no run\)/);
    expect(() => fold([opened(), opened()])).toThrow(/run.opened cannot happen in state INIT/);
    expect(() => fold([opened(), nth(11)])).toThrow(CabincrewError);
  });

  it.each([
    ["flight_plan.started", 1, { flight_plan_attempts: 1, workspace_hash: "d".repeat(64) }],
    [
      "flight_plan.completed",
      2,
      { plan: expect.objectContaining({ exit_code: 0 }), plan_receipt: { mode: "flight-plan" } },
    ],
    ["artifacts.sealed", 3, { artifacts: { list_sha256: "1".repeat(64), count: 0, bytes: 0 } }],
    ["token.created", 4, { token: "c".repeat(64), changes: { files: 0, insertions: 0, deletions: 0 } }],
    ["preflight.started", 5, {}],
    ["policy.evaluated", 6, { evaluations: [evaluation("p")] }],
    ["preflight.completed", 7, { decision: "allow", reasons: [] }],
    ["token.verified", 8, {}],
    ["take_off.started", 9, { take_off_attempts: 1 }],
    ["take_off.completed", 10, { take_off: expect.objectContaining({ exit_code: 0 }) }],
    ["run.completed", 11, {}],
  ])("takes from %s what it says, and nothing more", (type, index, says) => {
    expect(nth(index).type).toBe(type);
    const { state: _, ...changed } = changedBy(fold(whole.slice(0, index)), nth(index));
    expect(changed).toMatchObject(says);
    expect(Object.keys(changed)).toEqual(expect.arrayContaining(Object.keys(says)));
    expect(Object.keys(changed).filter((key) => key !== "reasons")).toHaveLength(
      Object.keys(says).filter((key) => key !== "reasons").length,
    );
  });

  it("keeps every evaluation, before and after take-off", () => {
    const second = draft("policy.evaluated", { evaluation: evaluation("q") });
    expect(fold([...whole.slice(0, 7), second]).evaluations).toEqual([evaluation("p"), evaluation("q")]);
    const found = (id: string) => draft("post_flight.evaluated", { evaluation: evaluation(id) });
    const one = fold([...whole.slice(0, 11), found("a")]);
    expect(one.post_flight).toEqual([evaluation("a")]);
    expect(changedBy(one, found("b"))).toEqual({ post_flight: [evaluation("a"), evaluation("b")] });
  });

  it("tells what take-off came to only where it was measured", () => {
    const completed = nth(10);
    if (completed.type !== "take_off.completed") throw new Error("the eleventh event completes take-off");
    const before = fold(whole.slice(0, 10));
    expect(changedBy(before, completed)).not.toHaveProperty("outcome");
    const outcome = { summary: "as planned" } as unknown as NonNullable<typeof completed.data.outcome>;
    const data = { ...completed.data, outputs_sha256: "9".repeat(64), outcome };
    expect(changedBy(before, draft("take_off.completed", data))).toEqual({
      state: "EXECUTION_COMPLETE",
      take_off: data.stop,
      outputs_sha256: "9".repeat(64),
      outcome,
      take_off_receipt: data.receipt,
    });
  });
});

describe("an approval on the record", () => {
  it("is what was asked, pending, with no vote yet", () => {
    const request = requestedApproval();
    expect(fold(waiting).approval).toEqual({
      ...request.data,
      requested_at: at(waiting.length),
      votes: [],
      status: "pending",
    });
  });

  it("collects votes in order with their time, and is granted by its own event alone", () => {
    const record = draft("approval.recorded", { vote });
    const one = fold([...waiting, record]);
    expect(one.approval).toMatchObject({ status: "pending", votes: [{ ...vote, at: at(waiting.length + 1) }] });
    const two = applyEvent(one, draft("approval.recorded", { vote: { ...vote, role: "chief" } }), place(50));
    expect(two.approval?.votes.map(({ role, at: time }) => [role, time])).toEqual([
      ["operator", at(waiting.length + 1)],
      ["chief", at(50)],
    ]);
    const granted = changedBy(two, draft("approval.granted", { approval_id: "01A" }));
    expect(granted).toEqual({ state: "APPROVED", approval: { ...two.approval, status: "granted" } });
  });

  it("is closed when the run ends while it is pending, and stays granted when it was", () => {
    const granted = [...waiting, draft("approval.granted", { approval_id: "01A" })];
    const cancel = draft("run.cancelled", { by, comment: null });
    for (const end of [failed(), cancel]) {
      expect(fold([...waiting, end]).approval?.status).toBe("closed");
      expect(fold([...granted, end]).approval?.status).toBe("granted");
      expect(fold([opened(), end]).approval).toBeNull();
    }
  });

  it("takes no vote where nothing was asked", () => {
    const odd: RunRecord = { ...fold(waiting), approval: null };
    expect(() => applyEvent(odd, draft("approval.recorded", { vote }), place(20))).toThrow(
      /vote was recorded without an approval request/,
    );
  });
});

describe("the end of a run on the record", () => {
  it("has reason, sentence and advice, and the log where there is one, but no detail", () => {
    const failure = { reason: "takeoff_failed", message: "It broke.", next: "Mend it." };
    expect(fold([opened(), failed()]).failure).toEqual(failure);
    expect(fold([opened(), failed()]).failure).not.toHaveProperty("log_sha256");
    expect(fold([opened(), failed("7".repeat(64))]).failure).toEqual({ ...failure, log_sha256: "7".repeat(64) });
  });

  it("names who cancelled, and why where they said so", () => {
    const cancelled = (comment: string | null) => changedBy(fold([opened()]), draft("run.cancelled", { by, comment }));
    const failure = { reason: "cancelled", next: REASONS.cancelled.next };
    expect(cancelled(null)).toEqual({
      state: "CANCELLED",
      failure: { ...failure, message: "ada cancelled the run." },
    });
    expect(cancelled("not today")["failure"]).toEqual({ ...failure, message: "ada cancelled the run: not today" });
  });
});

describe("a pause on the record", () => {
  it("goes back to where it began, and is forgotten then", () => {
    const before = fold(waiting);
    expect(changedBy(before, draft("run.paused", { by }))).toEqual({
      state: "PAUSED",
      before_pause: "AWAITING_APPROVAL",
    });
    const paused = applyEvent(before, draft("run.paused", { by }), place(20));
    expect(changedBy(paused, draft("run.continued", { by }))).toEqual({
      state: "AWAITING_APPROVAL",
      before_pause: null,
    });
  });
});

describe("an interrupted take-off on the record", () => {
  it("says what is known, and forgets it when it is tried again or settled", () => {
    const unknown = fold(interrupted);
    expect(unknown).toMatchObject({ state: "TAKEOFF_UNKNOWN", unknown: "kill" });
    const reconciled = draft("take_off.reconciled", { outcome: "partial", evidence: "one of two" });
    expect(changedBy(unknown, reconciled)).toEqual({ unknown: "partial: one of two" });
    const again = draft("take_off.retried", { token: "c".repeat(64), attempt: 2, evidence: "nothing happened" });
    expect(changedBy(unknown, again)).toEqual({ state: "TAKEOFF_RUNNING", take_off_attempts: 2, unknown: null });
    const resolved = draft("take_off.resolved", { outcome: "applied", evidence: "ada says so", vote: null });
    expect(changedBy(unknown, resolved)).toEqual({ state: "EXECUTION_COMPLETE", unknown: null });
  });

  it("changes nothing but the time when only the driver was stopped", () => {
    expect(changedBy(fold(waiting), draft("run.interrupted", { signal: "SIGTERM" }))).toEqual({});
  });
});
