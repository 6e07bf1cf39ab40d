/** What the demonstration is made of: scenes, each on a place of its own, each telling what it saw. */
import type { ReasonCode } from "../../schema/index.ts";
import type { Stage } from "./stage.ts";

export interface Scene {
  /** Short name, also the name of its folder in the scratch folder. */
  readonly id: string;
  readonly title: string;
  /** The workspace it begins with: file name to text. */
  readonly files: Readonly<Record<string, string>>;
  /** Rejects when something went otherwise than planned; the scene then did not hold. */
  readonly play: (stage: Stage) => Promise<Outcome>;
}

export interface Outcome {
  /** What the same steps did without cabincrew; every word of it was looked up in the scratch folder. */
  readonly without: string;
  /** What cabincrew did. */
  readonly governed: string;
  /** Null where the run completed. */
  readonly reason: ReasonCode | null;
  readonly exitCode: number;
}

/** A scene and how it went: `held` only when it played through and every expectation in it was met. */
export interface Played {
  readonly scene: Scene;
  readonly held: boolean;
  readonly outcome: Outcome | undefined;
  /** Why it did not hold. */
  readonly fault: string | undefined;
}

/** Stops a scene: something was not as it must be. */
export function expect(met: boolean, otherwise: string): asserts met {
  if (!met) throw new Error(otherwise);
}
