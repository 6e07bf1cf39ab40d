/**
 * What whoever started us left open for its children (a lock, a log, somebody's file opened for writing) would reach every
 * engine and the model process, through any sandbox: an open descriptor asks nobody's leave again. Node closes its own to children, but of those it
 * was given only the ones before the first gap above 15: that of `exec 200>lock` is not among them. The same goes for what a native addon
 * opens in a program that uses the library.
 */
import { closeSync, openSync, readdirSync } from "node:fs";
import { errnoOf } from "./error.ts";
import { readProcStart } from "./proc-file.ts";
import { isShortage } from "./shortage.ts";

const O_CLOEXEC = 0o2000000;
const FIRST_AFTER_STANDARD = 3;

/**
 * Calls `start` with `stdio` made longer, so that in the child each descriptor that it would inherit is the null device;
 * spawn() can replace a descriptor, but has no way to close one. Elsewhere than on Linux `stdio` is passed on as it is.
 */
export function withoutInherited<Entry, Result>(
  stdio: readonly Entry[],
  start: (stdio: (Entry | number | "ignore")[]) => Result,
): Result {
  // Asked each time: Node opens nothing for its children, but it is not alone in its process.
  const inherited = inheritedDescriptors().filter((fd) => fd >= stdio.length);
  if (inherited.length === 0) return start([...stdio]);
  const nothing = openSync("/dev/null", "r");
  try {
    const covered: (Entry | number | "ignore")[] = [...stdio];
    while (covered.length <= Math.max(...inherited)) covered.push("ignore");
    for (const fd of inherited) covered[fd] = nothing;
    return start(covered);
  } catch (error) {
    // A number above the limit (`ulimit -n`, lowered after it was opened) cannot be covered, nor a program be started that would get it.
    if (errnoOf(error) !== "EINVAL") throw error;
    throw Object.assign(new Error("a descriptor is open above the limit of this process"), { code: "EMFILE" });
  } finally {
    closeSync(nothing);
  }
}

/** Open descriptors, standard streams aside, that a child would get. */
function inheritedDescriptors(): number[] {
  return listed("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd >= FIRST_AFTER_STANDARD && isInheritable(fd));
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readProcStart(`/proc/self/fdinfo/${fd}`))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch (error) {
    assertNoShortage(error);
    return false; // the one that listed the directory: closed again
  }
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    assertNoShortage(error);
    return [];
  }
}

/** What could not be looked at for want of a descriptor is not for that reason closed. */
function assertNoShortage(error: unknown): void {
  if (isShortage(errnoOf(error))) throw error;
}
