import type { DriveOptions, RunReport } from "../orchestrator/index.ts";
import type { ExitCode } from "../schema/index.ts";
import { outlivingReaders } from "./output.ts";
import { createProgress } from "./render/progress.ts";
import { safe } from "./render/shown.ts";
import { ENDED } from "./render/stages.ts";
import type { Screen } from "./screen.ts";
import { onInterruption } from "./signals.ts";

/**
 * Drives one run with progress, --events and signals. When it returns after a signal, the engine's process group is gone and
 * the state durable; the report of a run that did not end then carries the signal's exit code (130 or 143).
 */
export async function driven(screen: Screen, work: (drive: DriveOptions) => Promise<RunReport>): Promise<RunReport> {
  const [report] = await drivenAll(screen, async (drive) => [await work({ ...drive, last: true })] as const);
  return report;
}

/** The same for several runs, one after the other. */
export async function drivenAll<T extends readonly RunReport[]>(
  screen: Screen,
  work: (drive: DriveOptions) => Promise<T>,
): Promise<T> {
  const progress = createProgress(screen);
  const interruption = onInterruption((signal) => {
    progress.stop();
    screen.tell(safe`${signal}: ending the engine, keeping the run. A second one ends cabincrew at once.`);
  });
  try {
    const drive: DriveOptions = {
      observe: (observation) => {
        if (screen.events) screen.event(observation);
        if (interruption.code() === undefined) progress.observe(observation);
      },
      signal: interruption.signal,
    };
    const reports = await outlivingReaders(() => work(drive));
    const code = interruption.code();
    return code === undefined ? reports : (reports.map((report) => interrupted(report, code)) as unknown as T);
  } finally {
    progress.stop();
    interruption.stop();
  }
}

/** A signal that came too late changes nothing. */
function interrupted(report: RunReport, code: ExitCode): RunReport {
  return ENDED.has(report.state) ? report : { ...report, exit_code: code };
}
