import { CabincrewError, type Evaluation, type Finding } from "../../schema/index.ts";

/** Every waiver that was used, each once, with how many findings it set aside. */
export interface UsedWaiver extends Omit<NonNullable<Finding["waived"]>, "decision"> {
  readonly findings: number;
}

export function usedWaivers(evaluations: readonly Evaluation[]): readonly UsedWaiver[] {
  const used = new Map<string, UsedWaiver>();
  for (const { waived } of evaluations.flatMap((evaluation) => evaluation.findings)) {
    if (!waived) continue;
    const { id, owner, reason, expires } = waived;
    used.set(id, { id, owner, reason, expires, findings: (used.get(id)?.findings ?? 0) + 1 });
  }
  return [...used.values()];
}

/** A sentence about each used waiver, for those who decide: what was set aside is never silent. */
export function waiverNotes(evaluations: readonly Evaluation[]): string[] {
  return usedWaivers(evaluations).map(
    ({ id, owner, reason, expires, findings }) =>
      `${findings} finding${findings === 1 ? "" : "s"} waived by ${id} (${owner}, until ${expires}): ${reason}`,
  );
}

/**
 * A judgement that rests on a waiver holds no longer than the waiver: take-off is claimed before its end or not at all.
 * Throws waiver_expired. `now` in milliseconds.
 */
export function assertWaiversHold(evaluations: readonly Evaluation[], now: number): void {
  const over = usedWaivers(evaluations).find(({ expires }) => Date.parse(expires) <= now);
  if (!over) return;
  throw new CabincrewError(
    "waiver_expired",
    `The plan was let through by the waiver ${over.id}, which expired at ${over.expires}.`,
    { detail: { waiver: over.id, owner: over.owner, expires: over.expires } },
  );
}
