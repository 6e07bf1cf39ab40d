/** Finds processes of a program that was started for an attack, as Linux shows them below /proc. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { Driver } from "./driver.ts";

const STEP_MS = 10;
/** Its interpreter stands first; where the command line begins with bubblewrap's, it is not in its sandbox yet. */
const MODELS = /^[^\0]*\/node[^\0]*\0.*models-child\.cjs/s;

/** The process of models below a driver, once it runs; undefined when the driver ended without one, or after ten seconds. */
export async function modelProcess(driver: Driver): Promise<string | undefined> {
  let over = false;
  const end = () => {
    over = true;
  };
  driver.ended.then(end, end);
  for (let left = 1000; left > 0 && !over; left -= 1) {
    const found = processesBelow(String(driver.pid)).find((pid) => MODELS.test(commandLine(pid)));
    if (found !== undefined) return found;
    await pause(STEP_MS);
  }
  return undefined;
}

function commandLine(pid: string): string {
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, "latin1")) ?? "";
}

/** Children, and theirs. */
function processesBelow(ancestor: string): readonly string[] {
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const parents = new Map(numbers.map((pid) => [pid, parentOf(pid)]));
  const isBelow = (pid: string): boolean => {
    for (let at = parents.get(pid); at !== undefined; at = parents.get(at)) if (at === ancestor) return true;
    return false;
  };
  return numbers.filter(isBelow);
}

/** The second field after the program's name, which stands in brackets and may hold anything. */
function parentOf(pid: string): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
}

/** Undefined for what the system refuses: processes end while they are looked at, and those of others are closed. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
