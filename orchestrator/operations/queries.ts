/** Operations that only read: lists, one run, its diff, its logs. */

import { createReadStream, existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { CabincrewError } from "../../schema/index.ts";
import type {
  ApprovalRecord,
  ArtifactSummary,
  PendingApproval,
  RunDetail,
  RunOrigin,
  RunReport,
  RunSummary,
} from "../api.ts";
import type { Crew } from "../crew.ts";
import { runDirectories } from "../drive/directories.ts";
import { originOf, type Reading, readingOf } from "../imports/index.ts";
import type { EventDraft, LedgerEvent } from "../ledger/event.ts";
import { readReview } from "../preflight/review.ts";
import type { RunRecord } from "../runs/record.ts";
import { readSealed } from "../seal/event.ts";
import { END_STATES, type RunState } from "../states/states.ts";
import { type ImportRow, parseEntry } from "../store/port.ts";
import { eventSummary } from "./event-summary.ts";
import { approvalSummary, reportOf, summaryOf, titleOf } from "./report.ts";
import { findRun } from "./resolve-ref.ts";

export interface ListOptions {
  readonly limit?: number;
  readonly state?: RunState;
  /** Only runs older than this run id. */
  readonly before?: string;
}

/** Runs, those of other ledgers that were imported among them, newest first; 20 unless told otherwise. */
export async function listRuns(crew: Crew, options: ListOptions = {}): Promise<readonly RunSummary[]> {
  const { limit = 20, state, before } = options;
  const filter = { limit, ...(state ? { state } : {}), ...(before ? { before: before.toUpperCase() } : {}) };
  const own = (await crew.store.list(filter)).map(summaryOf);
  const imported = await crew.store.listImports(filter);
  if (imported.length === 0) return own;
  const others = imported.map((row) => ({ ...summaryOf(recordOf(row)), origin: originOf(row) }));
  return [...own, ...others].sort((a, b) => (a.run_id < b.run_id ? 1 : -1)).slice(0, limit);
}

/** Requests that wait for people, newest first; 100 unless told otherwise. */
export async function listApprovals(
  crew: Crew,
  { limit = 100, before }: Omit<ListOptions, "state"> = {},
): Promise<readonly PendingApproval[]> {
  const state = "AWAITING_APPROVAL";
  const runs = await crew.store.list({ limit, state, ...(before ? { before: before.toUpperCase() } : {}) });
  return runs.flatMap((run) => {
    const summary = approvalSummary(run);
    if (!summary || !run.approval || !run.token) return [];
    return {
      ...summary,
      run_id: run.run_id,
      plan_token: run.token,
      title: titleOf(run),
      requester: run.requester,
      reasons: run.approval.reasons,
      ...(run.changes ? { changes: run.changes } : {}),
    };
  });
}

export async function showRun(crew: Crew, ref: string): Promise<RunDetail> {
  const reading = await readingOf(crew, ref);
  const run = await findRun(reading, ref);
  const events = await eventsOf(reading, run.run_id);
  const { spec } = run;
  const { origin } = reading;
  const report = reportOf(run, Date.parse(run.updated_at) - Date.parse(run.created_at));
  return {
    ...summaryOf(run),
    ...(origin ? { origin } : {}),
    report: origin ? asLookedAt(report, origin) : report,
    artifacts: await artifactsOf(reading, run),
    approvals: approvalsOf(events),
    permissions: spec.permissions,
    governance_digest: spec.governance_digest,
    workspace_hash: run.workspace_hash,
    engine: { id: spec.engine.id, version: spec.engine.version, digest: spec.engine.digest },
    timeline: events.map((event) => ({ seq: event.seq, at: event.at, type: event.type, summary: eventSummary(event) })),
  };
}

/** The unified diff of what the plan changes, as it was judged; empty for engines that change no files. */
export async function* diffRun(crew: Crew, ref: string): AsyncIterable<string> {
  const { content, store } = await readingOf(crew, ref);
  const run = await findRun({ store }, ref);
  if (!run.token) throw new CabincrewError("state_conflict", `Run ${run.run_id} has no plan yet (${run.state}).`);
  if (!run.review_sha256) return;
  for (const each of (await readReview(content, run.review_sha256)).changes) yield each.diff;
}

export interface LogOptions {
  readonly mode?: "flight-plan" | "take-off";
}

/** What the engine wrote on stderr, redacted: of the stages that are over and of the one that runs. */
export async function* readLog(crew: Crew, ref: string, options: LogOptions = {}): AsyncIterable<string> {
  const { content, store, origin } = await readingOf(crew, ref);
  const run = await findRun({ store }, ref);
  // A launch that failed has no stop of its own; it was the take-off if the plan had been sealed before.
  const failedMode = run.plan ? "take-off" : "flight-plan";
  const stops = [
    ...(options.mode === "take-off" ? [] : [run.plan]),
    ...(options.mode === "flight-plan" ? [] : [run.take_off]),
    ...(options.mode === undefined || options.mode === failedMode ? [run.failure] : []),
  ];
  for (const stop of stops) {
    if (stop?.log_sha256) yield* text(await content.openStream(stop.log_sha256));
  }
  if (origin) return;
  const live = runDirectories(crew.stateDir, run.run_id).log;
  if (existsSync(live)) yield* text(createReadStream(live));
}

export async function eventsOf(crew: Pick<Reading, "store">, runId: string): Promise<LedgerEvent[]> {
  const events: LedgerEvent[] = [];
  for await (const stored of crew.store.entries({ runId })) {
    const entry = parseEntry(stored);
    if (entry.type !== "ledger.created" && entry.type !== "run.imported") events.push(entry);
  }
  return events;
}

/** A run of another ledger is offered to nobody here: not for approval, not to go on with. */
function asLookedAt({ approval: _, ...report }: RunReport, { ledger }: RunOrigin): RunReport {
  const next = `It lives in the ledger of key ${ledger}; whatever is to be done about it is done there.`;
  return { ...report, next: report.next === null && END_STATES.has(report.state) ? null : next };
}

function recordOf({ run_id, record }: ImportRow): RunRecord {
  try {
    return JSON.parse(record) as RunRecord;
  } catch (error) {
    throw new CabincrewError(
      "ledger_corrupt",
      `The ledger is damaged: the row of the imported run ${run_id} is no JSON.`,
      {
        cause: error,
      },
    );
  }
}

async function* text(stream: Readable): AsyncIterable<string> {
  stream.setEncoding("utf8");
  for await (const chunk of stream) yield chunk as string;
}

async function artifactsOf(crew: Pick<Reading, "content">, run: RunRecord): Promise<readonly ArtifactSummary[]> {
  if (!run.artifacts) return [];
  const sealed = await readSealed(crew.content, run.artifacts.list_sha256);
  return sealed.map(({ name, role, artifact_type, action, target, body }) => ({
    name,
    role,
    artifact_type,
    action,
    ...(target === undefined ? {} : { target }),
    ...(body ? { size: body.size, sha256: body.sha256 } : {}),
  }));
}

function approvalsOf(events: readonly LedgerEvent[]): readonly ApprovalRecord[] {
  return events.flatMap((event) => {
    const vote = voteOf(event);
    if (!vote) return [];
    const { approval_id, decision, approver, role, comment, key_id } = vote;
    return { approval_id, decision, approver, role, at: event.at, comment, key_id };
  });
}

function voteOf(event: EventDraft) {
  if (event.type === "approval.recorded" || event.type === "take_off.resolved") return event.data.vote;
  return null;
}
