/** Folds every run of a ledger again while its entries pass by, and says where the fold cannot go on. */
import type { EventType, LedgerEvent } from "../ledger/event.ts";
import { applyEvent } from "../runs/fold.ts";
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
  private readonly findings: Findings;
  private readonly options: FoldOptions;
  private readonly awakeAtMost: number;
  /** Runs that have not ended; those that have are handed on at once, so that memory does not grow with the ledger. */
  private readonly going = new Map<string, Folding>();
  private waiting: { readonly event: LedgerEvent; readonly body: string }[] | undefined;

  constructor(findings: Findings, options: FoldOptions) {
    this.findings = findings;
    this.options = options;
    this.awakeAtMost = options.awakeAtMost ?? AWAKE_AT_MOST;
    this.waiting = options.inside ? [] : undefined;
  }

  /** How many events wait for what came before. */
  get early(): number {
    return this.waiting?.length ?? 0;
  }

  /** The next event of a ledger, with its stored text. */
  accept(event: LedgerEvent, body: string): void {
    const { seq, run_id: runId } = event;
    const known = this.going.get(runId);
    if (this.waiting && !known && event.run_seq !== 1) {
      this.waiting.push({ event, body });
      return;
    }
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
   * Goes on with the runs that had not ended in the part before, and with the events of theirs that waited; undefined drops those
   * events, for where the part before was not read to its end.
   */
  continueWith(before: readonly (readonly [runId: string, folding: Folding])[] | undefined): void {
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    if (!before) return;
    for (const [runId, folding] of before) {
      if (this.going.has(runId)) this.breakOff(folding, runId, folding.runSeq, "it begins a second time behind that");
      this.going.set(runId, folding);
    }
    for (const { event, body } of waiting) this.accept(event, body);
  }

  /** The runs that have not ended, for `continueWith` of the next part. Instead of `rest`. */
  handOver(): readonly (readonly [runId: string, folding: Folding])[] {
    return [...this.going];
  }

  private begin(runId: string): Folding {
    const folding: Folding = { record: null, claimSeq: null, runSeq: 0, broken: false };
    this.going.set(runId, folding);
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
    const record = applyEvent(before, event, event);
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
