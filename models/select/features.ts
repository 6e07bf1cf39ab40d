/** Artifacts as rows of numbers: what `select: "artifacts"` means. */
import type { PreflightArtifact, PreflightInput } from "../../schema/index.ts";
import { addedLines, isCut } from "./added.ts";
import { featureOf } from "./feature-names.ts";
import { measureText } from "./text-measures.ts";
import { type Collector, placeOf } from "./units.ts";

/** One row of little-endian float64 for each artifact, in the order of `names`, all of which are known. */
export function addFeatures(
  artifacts: readonly PreflightArtifact[],
  names: readonly string[],
  summary: PreflightInput["summary"],
  into: Collector,
): void {
  const features = names.map((name) => featureOf(name) ?? (() => Number.NaN));
  for (const artifact of artifacts) {
    const place = placeOf(artifact);
    // The row is scored all the same: sizes and names are known even where a part of the text is not.
    if (isCut(artifact)) into.addUnseen(place);
    const lines = Array.from(addedLines(artifact), ({ text }) => text);
    const subject = {
      artifact,
      summary,
      text: measureText(artifact.change || artifact.body !== undefined ? lines : []),
    };
    const row = Float64Array.from(features, (feature) => feature(subject));
    into.add({ ...place, data: new Uint8Array(row.buffer) });
    if (into.isFull()) return;
  }
}
