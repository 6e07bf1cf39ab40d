import { CabincrewError } from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { findRun } from "../operations/resolve-ref.ts";

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * The beginning of a span in milliseconds since the epoch: a time or day (RFC 3339, UTC), a duration back from now (`90m`,
 * `7d`), or a run, from its own beginning. Throws usage, not_found or ambiguous.
 */
export async function sinceTime(crew: Crew, since: string): Promise<number> {
  const [, amount, unit] = /^(\d{1,9})([smhdw])$/.exec(since) ?? [];
  // Before 1970 there are no runs, and before 271,821 BC no dates.
  if (amount !== undefined) return Math.max(0, crew.now() - Number(amount) * UNITS[unit as keyof typeof UNITS]);
  if (TIME.test(since) && !Number.isNaN(Date.parse(since))) return Date.parse(since);
  if (!/^[0-9A-Za-z]{8,}$/.test(since))
    throw new CabincrewError("usage", `${JSON.stringify(since)} is no time, duration or run.`, {
      next: "Write a day (2026-01-31), a time (2026-01-31T08:00:00Z), a duration (90m, 24h, 7d) or a run id.",
    });
  return Date.parse((await findRun(crew, since)).created_at);
}
