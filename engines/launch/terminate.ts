/** Ends everything one launch started. SIGTERM asks, SIGKILL tells; and only when nothing lives any more is it over. */
import { setTimeout as delay } from "node:timers/promises";
import { isLiving, livingInGroup, livingWithMarker, type Marked, processStat, sendSignal } from "./processes.ts";

/** What must be gone when a launch settles. */
export interface LaunchedProcesses {
  /** Leader of the process group. */
  readonly pid: number;
  /** First process of the sandbox's PID namespace: with it everything in there ends. */
  readonly init: number | undefined;
  readonly marker: string;
}

const PATIENCE_MS = 5_000;
const NONE: Marked = { pids: [], undecided: false };

/** Asks the engine to end. In a sandbox it has a group of its own; bubblewrap itself would not pass the signal on. */
export function askToEnd({ pid, init }: LaunchedProcesses): void {
  if (init !== undefined && sendSignal(-init, "SIGTERM")) return;
  sendSignal(-pid, "SIGTERM");
}

export function endNow({ pid, init }: LaunchedProcesses): void {
  if (init !== undefined) sendSignal(init, "SIGKILL");
  sendSignal(-pid, "SIGKILL");
}

/** After the leader has ended: ends the rest of its group, its namespace and strays, and waits until they are gone. */
export async function sweep(processes: LaunchedProcesses): Promise<void> {
  const { pid, init, marker } = processes;
  const deadline = performance.now() + PATIENCE_MS;
  // A process that dies has no environment any more before it is gone.
  const strays = new Map<number, string | undefined>();
  for (;;) {
    const groupLives = sendSignal(-pid, "SIGKILL") && livingInGroup(pid).length > 0;
    const namespaceLives = init !== undefined && isLiving(init);
    // A process that left the group keeps the environment it was started with, unless it took care to lose that too.
    const marked = init === undefined ? livingWithMarker(marker, pid) : NONE;
    for (const stray of marked.pids) strays.set(stray, processStat(stray)?.start);
    const left = [...strays].filter(([stray, start]) => isLiving(stray) && processStat(stray)?.start === start);
    if (!groupLives && !namespaceLives && left.length === 0 && !marked.undecided) return;
    if (init !== undefined && namespaceLives) sendSignal(init, "SIGKILL");
    for (const [stray] of left) sendSignal(stray, "SIGKILL");
    if (performance.now() > deadline) return;
    await delay(1);
  }
}
