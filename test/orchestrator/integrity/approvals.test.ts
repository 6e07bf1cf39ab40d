import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { approvalViolations, signatureProblem, voteOf } from "../../../orchestrator/integrity/approvals.ts";
import { draft, type EventDraft, type LedgerEvent, type RecordedVote } from "../../../orchestrator/ledger/event.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { granted, judged, recorded, voteOf as vote, waiting } from "../approval/waiting-run.ts";
import { makeKey } from "../authority/people.ts";
import { opened } from "../ledger-fixture.ts";

const inTime = "2029-06-01T00:00:00.000Z";
const at = (event: EventDraft, time = inTime): LedgerEvent => ({ ...event, at: time }) as unknown as LedgerEvent;
const problems = (run: RunRecord, event: LedgerEvent) => approvalViolations(run, event).map(({ message }) => message);
const resolved = (word: RecordedVote | null): EventDraft =>
  draft("take_off.resolved", { outcome: "applied", evidence: "ada says so", vote: word });
const aboutTakeOff = { approval_id: "01RUN", expires_at: "9999-12-31T23:59:59.999Z", nonce: "attempt-0" };
const run = waiting();

describe("a recorded vote", () => {
  it("is one of an approval or of a word about a take-off, and of nothing else", () => {
    const word = vote("ada");
    expect(voteOf(at(recorded(word)))).toBe(word);
    expect(voteOf(at(resolved(word)))).toBe(word);
    expect(voteOf(at(resolved(null)))).toBeNull();
    // Whatever an event of another kind may carry is no vote.
    expect(voteOf({ ...at(opened()), data: { vote: word } } as unknown as LedgerEvent)).toBeNull();
    expect(problems(run, at(resolved(null)))).toEqual([]);
  });

  it("is in order when it answers the request, before it ended", () => {
    expect(problems(run, at(recorded(vote("ada"))))).toEqual([]);
    expect(problems(run, at(recorded(vote("ada", { decision: "reject", comment: "no" }))))).toEqual([]);
    expect(problems(run, at(recorded(vote("ada", {}, makeKey()))))).toEqual([]);
    expect(problems(run, at(resolved(vote("ada", { ...aboutTakeOff, decision: "resolve-applied" }))))).toEqual([]);
  });

  it("names the request, the run, its step, its plan, and the end and nonce of the request", () => {
    const fields = {
      approval_id: "01B",
      run_id: "01X",
      step_id: "other",
      plan_token: "x",
      expires_at: "2040",
      nonce: "n",
    };
    for (const [field, odd] of Object.entries(fields)) {
      const said = problems(run, at(recorded(vote("ada", { [field]: odd }))));
      const right = voteOf(at(recorded(vote("ada"))))?.payload[field];
      expect(said).toEqual([`the vote of ada names ${field} ${odd}, the request ${right}`]);
    }
    const unmade = at(recorded(vote("ada", { plan_token: "" })));
    expect(problems({ ...run, token: null }, unmade)).toEqual([]);
  });

  it("may be recorded a minute after the end, as long as a transaction may wait, and no longer", () => {
    const late = (time: string) => problems(run, at(recorded(vote("ada")), time));
    expect(late("2030-01-01T00:00:59.999Z")).toEqual([]);
    expect(late("2030-01-01T00:01:00.000Z")).toEqual([
      "the vote of ada was recorded at 2030-01-01T00:01:00.000Z, but the request had ended at 2030-01-01T00:00:00.000Z",
    ]);
  });

  it("is in a role that is asked for", () => {
    const role = "the vote of ada is cast as chief, a role the request does not ask for";
    expect(problems(run, at(recorded(vote("ada", { role: "chief" }))))).toEqual([role]);
    const two = waiting({
      gates: [
        { role: "operator", count: 1 },
        { role: "security", count: 1 },
      ],
    });
    expect(problems(two, at(recorded(vote("ada"))))).toEqual([]);
    // A word about a take-off answers no gate.
    const word = vote("ada", { ...aboutTakeOff, role: "chief", decision: "resolve-applied" });
    expect(problems(run, at(resolved(word), "2031-01-01T00:00:00.000Z"))).toEqual([]);
  });

  it("approves or rejects", () => {
    const word = vote("ada", { ...aboutTakeOff, decision: "resolve-applied" });
    expect(problems(run, at(recorded(word)))).toEqual(["the vote of ada says resolve-applied"]);
  });

  it("is shown as it was signed, and proven only when it was", () => {
    const signed = vote("ada", {}, makeKey());
    const shown = (change: Partial<RecordedVote>) => problems(run, at(recorded({ ...signed, ...change })));
    const unlike = (field: string, seen: string, said: string) => `is shown with ${field} ${seen}, but says ${said}`;
    expect(shown({ approver: { id: "eve", proven: true } })).toEqual([
      `the vote of eve ${unlike("approver", "eve", "ada")}`,
    ]);
    expect(shown({ decision: "reject" })).toEqual([`the vote of ada ${unlike("decision", "reject", "approve")}`]);
    expect(shown({ comment: "fine" })).toEqual([`the vote of ada ${unlike("comment", "fine", "undefined")}`]);
    const unproven = "the vote of ada claims to be proven without being signed";
    expect(shown({ approver: { id: "ada", proven: false } })).toEqual([unproven]);
    expect(shown({ signature: null, key_id: null })).toEqual([unproven]);
    const halves = "the vote of ada has a signature or a key, but not both";
    expect(shown({ key_id: null })).toEqual([halves]);
    expect(shown({ signature: null, approver: { id: "ada", proven: false } })).toEqual([halves]);
  });
});

describe("a recorded grant", () => {
  const enough = waiting({}, recorded(vote("ada")));
  const of = (id: string): LedgerEvent => at(draft("approval.granted", { approval_id: id }));

  it("is of the run's own request, which enough people approved", () => {
    expect(problems(enough, at(granted()))).toEqual([]);
    expect(problems(run, at(granted()))).toEqual(["it grants a request that not enough people had approved"]);
    const foreign = "it grants request 01B, which is not the run's";
    expect(problems(enough, of("01B"))).toEqual([foreign]);
    expect(problems(judged("require_approval"), of("01B"))).toEqual([foreign]);
  });

  it("does not count a requester where duties are separated", () => {
    const apart = waiting({ separation_of_duties: true }, recorded(vote("ada")));
    expect(problems(apart, at(granted()))).toEqual(["it grants a request that not enough people had approved"]);
  });
});

describe("the signature of a recorded vote", () => {
  const key = makeKey();
  const signed = vote("grace", {}, key);
  const refused = `The vote of grace is not signed by key ${key.keyId}.`;

  it("holds for exactly what it says, under the key that is named", () => {
    const publicKey = key.privateKey;
    expect(signatureProblem(signed, publicKey)).toBeUndefined();
    expect(signatureProblem(signed, generateKeyPairSync("ed25519").publicKey)).toBe(refused);
    expect(signatureProblem({ ...signed, payload: { ...signed.payload, role: "chief" } }, publicKey)).toBe(refused);
    expect(signatureProblem({ ...signed, signature: null }, publicKey)).toBe(refused);
  });

  it("does not hold for what has no canonical form, and no other trouble is taken for that", () => {
    const odd = { ...signed, payload: { ...signed.payload, nonce: "\ud800" } };
    expect(signatureProblem(odd, key.privateKey)).toBe(refused);
    const noSigner = generateKeyPairSync("x25519").publicKey;
    expect(() => signatureProblem(signed, noSigner)).toThrow(/operation not supported/);
  });
});
