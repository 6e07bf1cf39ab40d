/**
 * How much writable memory a child may be promised (RLIMIT_DATA). A limit that we are under ourselves, as in a container or a login
 * session, can only be lowered: asking for more is refused by the system, and where it is not, it would undo somebody's decision.
 */
import { readProcStart } from "./proc-file.ts";

/** The smaller of `bytes` and of the limit of this process; `bytes` where the system does not tell. */
export function withinDataLimit(bytes: number): number {
  return Math.min(bytes, ownDataLimit());
}

function ownDataLimit(): number {
  try {
    const soft = /^Max data size\s+(\d+)\s/m.exec(readProcStart("/proc/self/limits"))?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
