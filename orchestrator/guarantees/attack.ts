/** What a guarantee, an attack on it and its end are. An attack that cannot be played to its end never counts as held. */
import type { Scratch } from "./scratch.ts";

export type GuaranteeStatus = "held" | "broken" | "not_applicable";

export interface Attack {
  /** Stable name, as it stands in every output and in SECURITY.md. */
  readonly id: string;
  /** One sentence: what is promised. */
  readonly guarantee: string;
  /** What to do when it is broken. */
  readonly remedy: string;
  /** Attacks, and resolves with what was seen when the guarantee held. Throws `Broken` or `NotApplicable`; any other throw is broken too. */
  readonly run: (scratch: Scratch) => Promise<string>;
}

/** The guarantee did not hold; the message says what was seen. */
export class Broken extends Error {}

/** The attack has no object here; the message says why. */
export class NotApplicable extends Error {}

/** Ends the attack as broken unless `met`. */
export function expectHeld(met: boolean, otherwise: string): asserts met {
  if (!met) throw new Broken(otherwise);
}

/** Ends the attack as not applicable unless `met`. */
export function assumeThat(met: boolean, otherwise: string): asserts met {
  if (!met) throw new NotApplicable(otherwise);
}
