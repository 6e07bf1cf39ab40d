/** Facts about processes from /proc (Linux); elsewhere there are none, and callers fall back to signals alone. */
import { readdirSync, readlinkSync, statSync } from "node:fs";
import path from "node:path";
import { errnoOf, looked, readProcFile } from "../../schema/index.ts";

export interface ProcessStat {
  readonly state: string;
  readonly group: number;
  /** Clock ticks since boot: with the boot id, what tells a process from a later one of the same number. */
  readonly start: string;
}

export function processStat(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The name in parentheses may hold anything, parentheses and spaces included.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, , group] = fields ?? [];
  const start = fields?.[19];
  return state && group && start ? { state, group: Number(group), start } : undefined;
}

/** A zombie is dead: it only waits to be counted by a parent that may never look. */
export function isLiving(pid: number): boolean {
  const stat = processStat(pid);
  return stat !== undefined && stat.state !== "Z" && stat.state !== "X";
}

/** Whether it is certain that no process of this number runs; not being able to look (no /proc, no descriptor) is no certainty. */
export function isGone(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) === "ESRCH";
  }
  const state = processStat(pid)?.state;
  return state === "Z" || state === "X";
}

let boot: string | undefined;

export function bootId(): string {
  boot ??= read("/proc/sys/kernel/random/boot_id")?.trim() ?? "";
  return boot;
}

export function livingInGroup(group: number): number[] {
  return allProcesses().filter((pid) => {
    const stat = processStat(pid);
    return stat?.group === group && stat.state !== "Z" && stat.state !== "X";
  });
}

/** Living processes that carry a mark, and whether others might. */
export interface Marked {
  readonly pids: readonly number[];
  /** Some process was between two programs (in execve), where it has no environment yet: look again. */
  readonly undecided: boolean;
}

/**
 * Living processes whose environment carries CABINCREW_RUN=`marker`. Numbers not above `after` are passed over, unless numbers
 * have begun anew since: a launch starts only later ones, and reading every environment would cost more than the launch.
 */
export function livingWithMarker(marker: string, after = 0): Marked {
  const needle = `CABINCREW_RUN=${marker}\0`;
  const latest = Number(read("/proc/loadavg")?.trim().split(" ").at(-1) ?? 0);
  // Numbers are given in order: when the last one given is the engine's own, it started nothing.
  if (after > 0 && latest === after) return { pids: [], undecided: false };
  const from = latest >= after ? after : 0;
  const pids: number[] = [];
  let undecided = false;
  for (const pid of allProcesses()) {
    if (pid <= from || pid === process.pid) continue;
    const environment = read(`/proc/${pid}/environ`);
    if (environment === "" && isBetweenPrograms(read(`/proc/${pid}/stat`) ?? "")) undecided = true;
    if (environment?.includes(needle) && isLiving(pid)) pids.push(pid);
  }
  return { pids, undecided };
}

/**
 * Whether `stat` (proc(5)) is of a process in execve: it has memory already and no place of an environment in it yet. Kernel
 * threads have neither; a process of somebody else hides the place behind a 0 as well, but its environment cannot be read.
 */
export function isBetweenPrograms(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state] = fields;
  const [memory, environmentEnd] = [fields[20], fields[48]];
  return state !== "Z" && state !== "X" && Number(memory) > 0 && environmentEnd === "0";
}

/** Other living processes that have this file open for writing. */
export function livingWriters(file: string): number[] {
  const { dev, ino } = looked(statSync(file));
  const isIt = (pid: number, fd: number): boolean => {
    try {
      const link = `/proc/${pid}/fd/${fd}`;
      // Asking for every file's number would take longer than reading the names.
      if (path.basename(readlinkSync(link)) !== path.basename(file)) return false;
      const found = looked(statSync(link));
      return found.dev === dev && found.ino === ino && isForWriting(pid, fd);
    } catch {
      return false;
    }
  };
  return allProcesses().filter(
    (pid) => pid !== process.pid && numbers(directory(`/proc/${pid}/fd`)).some((fd) => isIt(pid, fd)) && isLiving(pid),
  );
}

function isForWriting(pid: number, fd: number): boolean {
  const flags = /^flags:\s*([0-7]+)/m.exec(read(`/proc/${pid}/fdinfo/${fd}`) ?? "")?.[1] ?? "0";
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

/** Resident memory in bytes of a process and all its descendants; pages they share count for each. */
export function residentBytes(pid: number): number {
  const kib = Number(/^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`) ?? "")?.[1] ?? 0);
  return childrenOf(pid).reduce((sum, child) => sum + residentBytes(child), kib * 1024);
}

export function childrenOf(pid: number): number[] {
  return numbers(directory(`/proc/${pid}/task`)).flatMap((task) =>
    numbers((read(`/proc/${pid}/task/${task}/children`) ?? "").split(" ")),
  );
}

/** Sends a signal to a process (positive) or group (negative); false when there is none. */
export function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    if (errnoOf(error) === "ESRCH" || errnoOf(error) === "EPERM") return false;
    throw error;
  }
}

function allProcesses(): number[] {
  return numbers(directory("/proc"));
}

function numbers(names: readonly string[]): number[] {
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

function directory(name: string): string[] {
  try {
    return readdirSync(name);
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readProcFile(file);
  } catch {
    return undefined;
  }
}
