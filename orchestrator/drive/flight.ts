import type { Engine } from "../../engines/index.ts";
import type { DriveOptions } from "../api.ts";
import type { Crew } from "../crew.ts";
import type { Governance } from "../governance/index.ts";
import type { EventDraft } from "../ledger/event.ts";
import type { Judges } from "../preflight/judges.ts";
import type { RunRecord } from "../runs/record.ts";
import type { WorkspaceTree } from "../workspace/index.ts";
import type { RunDirectories } from "./directories.ts";

/** What the stages of one drive share: the run's means, never its state. */
export interface Flight {
  readonly crew: Crew;
  readonly runId: string;
  readonly engine: Engine;
  readonly governance: Governance;
  readonly directories: RunDirectories;
  /** Values of the mapped variables, read when the drive began; they exist in memory only. */
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly options: DriveOptions;
  /** The workspace as it was found just before take-off was claimed, for the comparison after it; memory that no engine can reach. */
  readonly before: { tree?: WorkspaceTree };
  /** The judges of the governance in force; started early, so that loading them overlaps with flight-plan. */
  readonly judges: () => Judges;
}

/**
 * One stage: works and yields what happened, event by event. It never touches the store; the loop appends. What it throws
 * becomes the run's failure, after the events it had yielded.
 */
export type Stage = (flight: Flight, run: RunRecord) => AsyncIterable<EventDraft>;
