import { readableBytes } from "../../diff/index.ts";
import { bytesOf } from "../bytes.ts";
import type { Change } from "../changes/change.ts";
import type { Standing } from "./examine.ts";

export type Outcome = "applied" | "not_applied" | "partial";

/** How far a plan has come: all of it, nothing of it, or part of it. */
export function outcomeOf(standings: readonly Standing[]): Outcome {
  if (standings.every((standing) => standing === "new")) return "applied";
  return standings.some((standing) => standing === "new" || standing === "between") ? "partial" : "not_applied";
}

const MOST_SHOWN = 100;

/** Readable paths of the changes that can neither be made nor are made. */
export function conflictsOf(changes: readonly Change[], standings: readonly Standing[]): string[] {
  return changes
    .filter((_, at) => standings[at] === "conflict")
    .slice(0, MOST_SHOWN)
    .map((change) => readableBytes(bytesOf(change.path)));
}
