/** Folds every run of a ledger again while its entries pass by, and says where the fold cannot go on. */
import type { EventType, LedgerEvent } from "../ledger/event.ts";
import { applyEventInPlace } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import { WAITING_STATES } from "../states/states.ts";
import { approvalViolations, type VoteAt, voteOf } from "./approvals.ts";
import { bindingViolations, hasEnded } from "./bindings.ts";
import { isCanonical } from "./canonical.ts";
import type { Findings } from "./findings.ts";

/** What a run's events alone say: its record, and the ledger position of the claim when it took off. */
export interface FoldedRun {
  readonly record: RunRecord;
  readonly claimSeq: number | null;
}

/** Events that are bound to a plan or are acts of people; the others are judged by the transition table alone. */
const BOUND: ReadonlySet<EventType> = new Set([
  "token.created",
  "approval.requested",
  "approval.recorded",
  "approval.granted",
  "token.verified",
  "take_off.started",
  "take_off.retried",
  "take_off.resolved",
]);

/** How far a run was followed. */
export interface Folding {
  /** Bytes while it rests: JSON outside of the heap. */
  record: RunRecord | Uint8Array | null;
  claimSeq: number | null;
  runSeq: number;
  broken: boolean;
}

export interface FoldOptions {
  /** Also compare each text with the canonical form of what it says. */
  readonly canonical: boolean;
  /** Called for each run that folds and has ended, at its last event. */
  readonly folded: (run: FoldedRun) => void;
  /** Called for each signed vote, whose signature needs a key to be checked with. */
  readonly signed: (vote: VoteAt) => void;
  /** Of more runs than this that have not ended, those that wait for somebody rest outside of the heap. */
  readonly awakeAtMost?: number;
  /** The events begin inside of a ledger: those of runs that began before wait for `continueWith`. */
  readonly inside?: boolean;
}

const AWAKE_AT_MOST = 10_000;

export class RunFolder {
  runs = 0;
  /** How many events wait for what came before. */
  early = 0;
  private readonly findings: Findings;
  private readonly options: FoldOptions;
  private readonly awakeAtMost: number;
  /** Runs that have not ended; those that have are handed on at once, so that memory does not grow with the ledger. */
  private readonly going = new Map<string, Folding>();
  /** Events of runs that seem to have begun before, by run; undefined where the events begin with the ledger. */
  private waiting: Map<string, { readonly event: LedgerEvent; readonly body: string }[]> | undefined;

  constructor(findings: Findings, options: FoldOptions) {
    this.findings = findings;
    this.options = options;
    this.awakeAtMost = options.awakeAtMost ?? AWAKE_AT_MOST;
    this.waiting = options.inside ? new Map() : undefined;
  }

  /** The next event of a ledger, with its stored text. */
  accept(event: LedgerEvent, body: string): void {
    const { seq, run_id: runId } = event;
    const known = this.going.get(runId);
    if (!known && this.waits(event, body)) return;
    const folding = known ?? this.begin(runId);
    if (folding.broken) return;
    try {
      this.fold(folding, event, body);
    } catch (error) {
      this.breakOff(folding, runId, seq, (error as Error).message);
      return;
    }
    const { record } = folding;
    if (record && !(record instanceof Uint8Array) && hasEnded(record)) {
      this.going.delete(runId);
      this.options.folded({ record, claimSeq: folding.claimSeq });
    }
  }

  /** The runs that fold and have not ended, each once. Ask for them after the last entry. */
  *rest(): Generator<FoldedRun> {
    for (const [runId, folding] of this.going) {
      this.going.delete(runId);
      const record = recordOf(folding);
      if (record && !folding.broken) yield { record, claimSeq: folding.claimSeq };
    }
  }

  /**
   * Goes on with the runs that had not ended in the part before, and with the events of theirs that waited. False where a run of
   * that part begins again in this one: then only one pass over both can say what is wrong.
   */
  continueWith(before: readonly (readonly [runId: string, folding: Folding])[]): boolean {
    const waiting = [...(this.waiting?.values() ?? [])].flat();
    this.waiting = undefined;
    this.early = 0;
    for (const [runId, folding] of before) {
      if (this.going.has(runId)) return false;
      this.going.set(runId, folding);
    }
    for (const { event, body } of waiting) this.accept(event, body);
    return true;
  }

  /** The runs that have not ended, for `continueWith` of the next part. Instead of `rest`. */
  handOver(): readonly (readonly [runId: string, folding: Folding])[] {
    return [...this.going];
  }

  /** Once an event of a run waits, all that follow it do: their order is what is checked. */
  private waits(event: LedgerEvent, body: string): boolean {
    const earlier = this.waiting?.get(event.run_id);
    if (!this.waiting || (!earlier && event.run_seq === 1)) return false;
    if (earlier) earlier.push({ event, body });
    else this.waiting.set(event.run_id, [{ event, body }]);
    this.early += 1;
    return true;
  }

  private begin(runId: string): Folding {
    const folding: Folding = { record: null, claimSeq: null, runSeq: 0, broken: false };
    // A text of its own: as a piece of the entry's it would keep all of that in memory for as long as the run goes on.
    this.going.set(JSON.parse(JSON.stringify(runId)) as string, folding);
    this.runs += 1;
    return folding;
  }

  private fold(folding: Folding, event: LedgerEvent, body: string): void {
    const { seq, run_id: runId } = event;
    if (event.run_seq !== folding.runSeq + 1) {
      this.breakOff(folding, runId, seq, `it is event ${event.run_seq}, expected was ${folding.runSeq + 1}`);
      return;
    }
    folding.runSeq = event.run_seq;
    if (this.options.canonical && !isCanonical(body, event))
      this.findings.add(
        "ledger_corrupt",
        `entry ${seq}`,
        `Entry ${seq} is damaged: its text is not in canonical form.`,
      );
    const before = recordOf(folding);
    if (before && BOUND.has(event.type)) {
      for (const { code, message } of [...bindingViolations(before, event), ...approvalViolations(before, event)])
        this.findings.add(code, `entry ${seq}`, `Entry ${seq} (${event.type}) of run ${runId}: ${message}.`);
    }
    const record = applyEventInPlace(before, event, event);
    if (record.state !== event.state)
      throw new Error(`it says the run is ${event.state} then, but it is ${record.state}`);
    if (record.spec.step_id !== event.step_id)
      throw new Error(`it is of step ${event.step_id}, not ${record.spec.step_id}`);
    if (event.type === "take_off.started") folding.claimSeq = seq;
    const vote = voteOf(event);
    if (vote?.signature) this.options.signed({ seq, vote });
    const rests = this.going.size > this.awakeAtMost && WAITING_STATES.has(record.state);
    folding.record = rests ? Buffer.from(JSON.stringify(record)) : record;
  }

  private breakOff(folding: Folding, runId: string, seq: number, why: string): void {
    folding.broken = true;
    const message = `Run ${runId} cannot be followed beyond entry ${seq}: ${why.replace(/\.$/, "")}.`;
    this.findings.add("ledger_corrupt", `run ${runId}`, message);
  }
}

function recordOf({ record }: Folding): RunRecord | null {
  return record instanceof Uint8Array ? (JSON.parse(Buffer.from(record).toString()) as RunRecord) : record;
}
