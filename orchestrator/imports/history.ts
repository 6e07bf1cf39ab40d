/** How two exports of one run stand to each other: which of them knows more, or that they cannot both be true. */
import type { StoredEntry } from "../store/port.ts";

export type Relation = "same" | "longer" | "shorter" | "differs";

/** What `later` is, seen from `earlier`: entries are compared by hash, which covers their text and signature. */
export function relationOf(
  earlier: readonly Pick<StoredEntry, "hash">[],
  later: readonly Pick<StoredEntry, "hash">[],
): Relation {
  const common = Math.min(earlier.length, later.length);
  for (let index = 0; index < common; index += 1) if (earlier[index]?.hash !== later[index]?.hash) return "differs";
  if (earlier.length === later.length) return "same";
  return later.length > earlier.length ? "longer" : "shorter";
}
