/** What each model is asked about: from the plan to units, by the manifest's `select` and `applies_to`. */
import type { ModelManifest, PreflightContents, PreflightInput } from "../../schema/index.ts";
import { failed, type Outcome } from "../failure.ts";
import { addChunks, addLines } from "./added.ts";
import { addFeatures } from "./features.ts";
import { scopeOf } from "./scope.ts";
import { addBodies, addFiles } from "./texts.ts";
import { Collector, type Selection } from "./units.ts";

export type { Place, Selection, Unit } from "./units.ts";

/** Reads what a model is to score. Never rejects: what cannot be read is a failure of the whole judgement. */
export async function select(
  manifest: ModelManifest,
  plan: PreflightInput,
  contents: PreflightContents | undefined,
): Promise<Outcome<Selection>> {
  try {
    const applies = await scopeOf(manifest.applies_to);
    const artifacts = plan.artifacts.filter(applies);
    const into = new Collector();
    const { input } = manifest;
    if (input.encoding === "features") addFeatures(artifacts, input.features, plan.summary, into);
    else if (input.select === "added-lines") addLines(artifacts, into);
    else if (input.select === "added-chunks") addChunks(artifacts, input.chunk ?? { lines: 1 }, into);
    else if (input.select === "files") await addFiles(artifacts, contents, into);
    else await addBodies(artifacts, contents, into);
    return into.selection();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed("input_unreadable", `what it should score cannot be read (${why.slice(0, 500)})`);
  }
}

/** The same for models that are asked about the same units. */
export function selectionName({ applies_to, input }: ModelManifest): string {
  const names = input.encoding === "features" ? input.features : input.chunk;
  return JSON.stringify([input.select, names ?? null, applies_to ?? null]);
}
