/** A ledger of many runs, written by the store itself; only its waiting for the disk is switched off. */
import { ulid } from "ulid";
import { draft, type EventDraft } from "../../../orchestrator/ledger/event.ts";
import { openSqliteStore } from "../../../orchestrator/store/sqlite/store.ts";
import { opened, wholeRun } from "../../orchestrator/ledger-fixture.ts";

const AT = "2026-01-02T03:04:05.000Z";
const FIRST_MS = 1_700_000_000_000;

export interface Amounts {
  /** Runs that wait for a person. */
  readonly waiting: number;
  /** Runs that were cancelled at once: the shortest there are. */
  readonly cancelled: number;
}

/** The number of events, and the run id and token of the last run that waits. */
export async function fillLedger(stateDir: string, workspace: string, { waiting, cancelled }: Amounts) {
  const store = openSqliteStore({ stateDir, create: true, newId: ulid, now: () => AT });
  // Millions of commits that each wait for the disk would take hours; nothing else of the store is bypassed.
  (store as unknown as { readonly db: { pragma(text: string): unknown } }).db.pragma("synchronous = OFF");
  let events = 1;
  let last = { runId: "", token: "" };
  const append = async (index: number, drafts: readonly EventDraft[]): Promise<string> => {
    const runId = ulid(FIRST_MS + index);
    await store.append({ runId, expectedVersion: 0, events: drafts, at: AT });
    events += drafts.length;
    return runId;
  };
  try {
    for (let index = 0; index < cancelled; index += 1) {
      const by = { id: "ada", proven: false };
      await append(index, [opened({ workspace }), draft("run.cancelled", { by, comment: null })]);
    }
    for (let index = 0; index < waiting; index += 1) {
      const token = index.toString(16).padStart(64, "0");
      last = { runId: await append(cancelled + index, waitingRun(token, index, workspace)), token };
    }
  } finally {
    await store.close();
  }
  return { events, ...last };
}

function waitingRun(token: string, index: number, workspace: string): readonly EventDraft[] {
  return [
    opened({ workspace }),
    ...wholeRun(token).slice(1, 7),
    draft("preflight.completed", { decision: "require_approval", reasons: ["it touches a lock file"] }),
    draft("approval.requested", {
      approval_id: `approval-${index}`,
      token,
      gates: [{ role: "operator", count: 1 }],
      separation_of_duties: false,
      reasons: ["it touches a lock file"],
      expires_at: "2099-01-01T00:00:00.000Z",
      nonce: "0".repeat(32),
    }),
  ];
}
