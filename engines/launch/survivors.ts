/**
 * The process file: which processes a launch started, written so that a later driver can end what an earlier one left when
 * it was killed. A process is ended only when its number, start time and boot match, or its environment carries the launch's
 * own random marker, or it is a driver's double: a number the system gave to somebody else is never hit.
 *
 * A double is what fork(2) makes before execve(2) makes the engine of it. Its driver may be killed meanwhile; it then has the
 * driver's environment and no number that anybody noted, but it holds the process file open, as its driver did.
 */
import { closeSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from "node:fs";
import { uptime } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { CabincrewError, errnoOf, isJsonObject, looked, whyOf } from "../../schema/index.ts";
import { sweepPipeNames } from "./pipe-names.ts";
import {
  bootId,
  isLiving,
  livingInGroup,
  livingWithMarker,
  livingWriters,
  type Marked,
  processStat,
  sendSignal,
} from "./processes.ts";

const PATIENCE_MS = 10_000;

export interface ProcessRecord {
  readonly marker: string;
  readonly boot: string;
  /** Leader of the process group; absent until it was started. */
  readonly pid?: number;
  readonly start?: string;
}

/** A process file of a launch that is under way. */
export interface OpenProcessFile {
  /** Writes the number and start time of what was started. */
  readonly started: (pid: number) => void;
  readonly close: () => void;
}

/** Makes the file, 0600, as a whole. It stays open, so that a double can be told, until it is closed. */
export function beginProcessFile(file: string, marker: string): OpenProcessFile {
  const record: ProcessRecord = { marker, boot: bootId() };
  const fd = openSync(`${file}.new`, "w", 0o600);
  try {
    writeRecord(fd, record);
    renameSync(`${file}.new`, file);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    started(pid) {
      const start = processStat(pid)?.start;
      if (start) writeRecord(fd, { ...record, pid, start });
    },
    close: () => closeSync(fd),
  };
}

/** In place, in one call: the longer text begins with the shorter one but for its last brace, so half of it would be no JSON. */
function writeRecord(fd: number, record: ProcessRecord): void {
  const text = Buffer.from(JSON.stringify(record));
  if (writeSync(fd, text, 0, text.length, 0) < text.length)
    throw new CabincrewError("disk_full", "The process file could not be written to its end.");
}

export function removeProcessFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

/**
 * Ends what an earlier launch left, waits until it is gone and removes the file. True when something was ended, false when
 * nothing was left. Throws `busy` when it cannot be ended.
 */
export async function endSurvivors(processFile: string): Promise<boolean> {
  sweepPipeNames();
  const record = readProcessFile(processFile);
  if (!record) return false;
  const found = record.boot === bootId() && (await endAll(record, processFile));
  removeProcessFile(processFile);
  return found;
}

async function endAll(record: ProcessRecord, processFile: string): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  // By start time: once the leader is gone nothing tells whose its group was, and those in it may take a moment to die.
  const known = new Map<number, string | undefined>();
  for (;;) {
    const { pids, undecided } = survivors(record, processFile);
    for (const pid of pids) known.set(pid, processStat(pid)?.start);
    const living = [...known.keys()].filter((pid) => isLiving(pid) && processStat(pid)?.start === known.get(pid));
    const late = performance.now() > deadline;
    if (living.length === 0 && (!undecided || late)) return known.size > 0;
    for (const pid of living) sendSignal(pid, "SIGKILL");
    if (late)
      throw new CabincrewError("busy", `Processes ${living.join(", ")} of an earlier launch do not end.`, {
        detail: { pids: living },
      });
    await delay(5);
  }
}

function survivors({ marker, pid, start }: ProcessRecord, processFile: string): Marked {
  // In this order: what is no double any more by the time the doubles are looked for has the marker when that is looked for.
  const doubles = pid === undefined ? livingWriters(processFile) : [];
  const marked = livingWithMarker(marker);
  const found = [...doubles, ...marked.pids];
  if (pid === undefined || processStat(pid)?.start !== start) return { ...marked, pids: found };
  const group = livingInGroup(pid);
  return { ...marked, pids: [...new Set([...(isLiving(pid) ? [pid] : []), ...group, ...found])] };
}

function isOfEarlierBoot(file: string): boolean {
  return looked(statSync(file)).mtimeMs < Date.now() - uptime() * 1000;
}

function readProcessFile(file: string): ProcessRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    // Not flushed when written, for it tells of processes only: a power cut may empty it, and they are gone with the power.
    if (error instanceof SyntaxError && isOfEarlierBoot(file)) return undefined;
    throw new CabincrewError("state_unusable", `Reading the process file ${file}: ${whyOf(error)}`);
  }
  const record = isJsonObject(value) ? value : {};
  const { marker, boot, pid, start } = record;
  if (typeof marker !== "string" || marker === "" || typeof boot !== "string")
    throw new CabincrewError("state_unusable", `The process file ${file} is not one of ours.`);
  return {
    marker,
    boot,
    ...(typeof pid === "number" && pid > 1 && typeof start === "string" ? { pid, start } : {}),
  };
}
