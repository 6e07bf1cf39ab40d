import { describe, expect, it } from "vitest";
import type { VoteAt } from "../../../orchestrator/integrity/approvals.ts";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import { type FoldedRun, RunFolder } from "../../../orchestrator/integrity/fold.ts";
import { draft, type EventDraft, type LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import { applyEvent } from "../../../orchestrator/runs/fold.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { canonicalJson } from "../../../schema/index.ts";
import { granted, RUN_ID, recorded, TOKEN, voteOf } from "../approval/waiting-run.ts";
import { makeKey } from "../authority/people.ts";
import { AT, opened, requestedApproval, untilPreflight, wholeRun } from "../ledger-fixture.ts";

/** The events of one run as a store would have recorded them, from entry `from` on. */
function eventsOf(drafts: readonly EventDraft[], from = 2, runId = RUN_ID): LedgerEvent[] {
  let record: RunRecord | null = null;
  return drafts.map((each, index) => {
    const place = { run_id: runId, seq: from + index, at: AT };
    const after: RunRecord = applyEvent(record, each, place);
    record = after;
    const more = { format: "cabincrew.event/1", event_id: `01E${index}`, prev: "0".repeat(64) } as const;
    return { ...each, ...place, ...more, step_id: "main", run_seq: after.version, state: after.state } as LedgerEvent;
  });
}

/** What a folder finds, hands on and counts; the last event may have been handed on already. */
function told(
  events: readonly LedgerEvent[],
  { canonical = false, bodies = {} as Record<number, string>, awakeAtMost = 10 } = {},
) {
  const findings = new Findings();
  const folded: FoldedRun[] = [];
  const signed: VoteAt[] = [];
  const folder = new RunFolder(findings, {
    canonical,
    awakeAtMost,
    folded: (run) => folded.push(run),
    signed: (vote) => signed.push(vote),
  });
  for (const event of events) folder.accept(event, bodies[event.seq] ?? canonicalJson(event));
  const ended = folded.length;
  folded.push(...folder.rest(), ...folder.rest());
  const said = findings.all.map(({ code, where, message }) => `${code} ${where}: ${message}`);
  return { said, folded, ended, signed, runs: folder.runs };
}

const whole = eventsOf(wholeRun());
const broken = (seq: number, why: string, runId = RUN_ID) =>
  `ledger_corrupt run ${runId}: Run ${runId} cannot be followed beyond entry ${seq}: ${why}.`;
const with_ = (index: number, change: object): LedgerEvent[] =>
  whole.map((event, at) => (at === index ? ({ ...event, ...change } as LedgerEvent) : event));

describe("the runs of a ledger, folded again", () => {
  it("are handed on once each: ended ones at once with their claim, the others at the end", () => {
    const other = eventsOf([opened()], 20, "01X");
    const { said, folded, ended, runs } = told([...whole.slice(0, 5), ...other, ...whole.slice(5)]);
    expect([said, ended, runs]).toEqual([[], 1, 2]);
    expect(folded.map(({ record, claimSeq }) => [record.run_id, record.state, claimSeq])).toEqual([
      [RUN_ID, "COMPLETED", 11],
      ["01X", "INIT", null],
    ]);
  });

  it("are the same runs where so many wait that their records rest", () => {
    const until = [...untilPreflight("require_approval"), requestedApproval()];
    const approved = eventsOf([...until, recorded(voteOf("ada")), granted(), ...wholeRun().slice(8)]);
    const idle = eventsOf(until, 40, "01X");
    const astray = eventsOf([opened(), draft("run.paused", { by: { id: "ada", proven: false } })], 60, "01Y");
    const events = [...approved.slice(0, 9), ...idle, ...astray, ...approved.slice(9)];
    const awake = told(events);
    expect(awake.folded.map(({ record }) => record.state)).toEqual(["COMPLETED", "AWAITING_APPROVAL", "PAUSED"]);
    for (const awakeAtMost of [0, 1, 2]) expect(told(events, { awakeAtMost })).toEqual(awake);
  });

  it("break off at an event out of its turn, and are not handed on", () => {
    const without = whole.filter((_, index) => index !== 3);
    const { said, folded, runs } = told(without);
    expect(said).toEqual([broken(6, "it is event 5, expected was 4")]);
    expect([folded, runs]).toEqual([[], 1]);
    const beginning = told(whole.slice(1));
    expect(beginning.said).toEqual([broken(3, "it is event 2, expected was 1")]);
    expect(beginning.folded).toEqual([]);
  });

  it("break off where an event may not happen, or says another state or step than follows", () => {
    const forbidden = { type: "run.completed", data: { summary: "" } };
    expect(told(with_(2, forbidden)).said).toEqual([
      broken(4, "Event run.completed cannot happen in state PLAN_RUNNING"),
    ]);
    const first = { ...(whole[8] as LedgerEvent), run_seq: 1 } as LedgerEvent;
    expect(told([first]).said).toEqual([broken(10, "Event token.verified cannot happen in state (no run)")]);
    expect(told(with_(2, { state: "APPROVED" })).said).toEqual([
      broken(4, "it says the run is APPROVED then, but it is PLAN_GENERATED"),
    ]);
    expect(told(with_(2, { step_id: "other" })).said).toEqual([broken(4, "it is of step other, not main")]);
  });

  it("are compared with the canonical form of each text where that is asked for", () => {
    const bodies = { 4: ` ${canonicalJson(whole[2])}` };
    expect(told(whole, { bodies }).said).toEqual([]);
    expect(told(whole, { canonical: true }).said).toEqual([]);
    expect(told(whole, { bodies, canonical: true }).said).toEqual([
      "ledger_corrupt entry 4: Entry 4 is damaged: its text is not in canonical form.",
    ]);
  });

  it("say which event speaks of another plan, and go on", () => {
    const { said, folded } = told(with_(9, { data: { token: "0".repeat(64), attempt: 1 } }));
    expect(said).toEqual([
      `token_mismatch entry 11: Entry 11 (take_off.started) of run ${RUN_ID}: its plan-token is ${"0".repeat(64)}, the run's is ${TOKEN}.`,
    ]);
    expect(folded).toHaveLength(1);
  });

  it("say which vote or grant does not answer the request", () => {
    const until = [...untilPreflight("require_approval"), requestedApproval()];
    const early = told(eventsOf([...until, granted()]));
    expect(early.said).toEqual([
      `approval_invalid entry 11: Entry 11 (approval.granted) of run ${RUN_ID}: it grants a request that not enough people had approved.`,
    ]);
    const astray = told(eventsOf([...until, recorded(voteOf("ada", { nonce: "another" }))]));
    expect(astray.said).toEqual([
      `approval_invalid entry 11: Entry 11 (approval.recorded) of run ${RUN_ID}: the vote of ada names nonce another, the request 0123456789abcdef.`,
    ]);
  });

  it("hand on signed votes with their place, whatever is found, and unsigned ones not", () => {
    const until = [
      ...untilPreflight("require_approval"),
      requestedApproval({ gates: [{ role: "operator", count: 2 }] }),
    ];
    const signed = voteOf("grace", {}, makeKey());
    const result = told(
      eventsOf([...until, recorded(voteOf("ada")), recorded(signed), draft("run.interrupted", { signal: "SIGINT" })]),
    );
    expect([result.said, result.signed]).toEqual([[], [{ seq: 12, vote: signed }]]);
  });
});
