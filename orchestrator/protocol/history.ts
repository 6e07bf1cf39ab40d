/** What the protocol's documents are made from: a run's events in order, each with the record before and after it. */
import type { SealedArtifact } from "../artifacts/index.ts";
import type { LedgerEvent } from "../ledger/event.ts";
import { applyEvent } from "../runs/fold.ts";
import type { RunRecord } from "../runs/record.ts";
import type { StoredEntry } from "../store/port.ts";

export interface Step {
  readonly stored: StoredEntry;
  readonly event: LedgerEvent;
  readonly before: RunRecord | null;
  readonly after: RunRecord;
}

export interface RunHistory {
  readonly run: RunRecord;
  readonly steps: readonly Step[];
  /** Sealed by flight-plan; empty before. */
  readonly planned: readonly SealedArtifact[];
  /** Sealed by take-off. */
  readonly outputs: readonly SealedArtifact[];
  readonly keyId: string;
}

/** Follows a run's entries. Throws `internal` where the table forbids an event and SyntaxError for text that is not JSON. */
export function stepsOf(entries: readonly StoredEntry[]): readonly Step[] {
  let before: RunRecord | null = null;
  return entries.map((stored) => {
    const event = JSON.parse(stored.body) as LedgerEvent;
    const after = applyEvent(before, event, event);
    const step: Step = { stored, event, before, after };
    before = after;
    return step;
  });
}

/** The first event of a type. */
export function find<Type extends LedgerEvent["type"]>(
  history: Pick<RunHistory, "steps">,
  type: Type,
): (LedgerEvent & { readonly type: Type }) | undefined {
  return history.steps
    .map((step) => step.event)
    .find((event): event is LedgerEvent & { type: Type } => event.type === type);
}
