/** How an attack ends that did not hold: thrown by whatever plays a part in it. */

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
