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
