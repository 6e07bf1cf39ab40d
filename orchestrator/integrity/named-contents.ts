/** The contents that a run's events name and no export's document holds: logs, the review, the bodies of artifacts. */
import type { SealedArtifact } from "../artifacts/index.ts";
import type { RunRecord } from "../runs/record.ts";

export interface NamedContent {
  /** For sentences: "the log of flight-plan". */
  readonly what: string;
  /** In bytes, where the plan says. */
  readonly size?: number;
}

/** By address, each once, in the order in which an export carries them. */
export function namedContents(
  run: RunRecord,
  planned: readonly SealedArtifact[],
  outputs: readonly SealedArtifact[],
): ReadonlyMap<string, NamedContent> {
  const named = new Map<string, NamedContent>();
  const add = (sha256: string | null | undefined, content: NamedContent) => {
    if (sha256 && !named.has(sha256)) named.set(sha256, content);
  };
  // Sizes first known win: a body may be the same bytes as a log.
  for (const { name, body } of [...planned, ...outputs])
    add(body?.sha256, { what: `the body of artifact ${JSON.stringify(name)}`, size: body?.size ?? 0 });
  add(run.review_sha256, { what: "the review" });
  add(run.plan?.log_sha256, { what: "the log of flight-plan" });
  add(run.take_off?.log_sha256, { what: "the log of take-off" });
  add(run.failure?.log_sha256, { what: "the log of the failed launch" });
  return named;
}
