import type { ModelManifest } from "../schema/index.ts";
import { openModelPack } from "./inspect.ts";

/** What a model pack says of itself, for people. */
export interface DescribedModel {
  readonly digest: string;
  readonly description?: string;
  readonly select: string;
  readonly thresholds: ModelManifest["thresholds"];
}

/** Reads one pack. Throws governance_invalid for one that does not load. */
export async function describeModelPack(directory: string): Promise<DescribedModel> {
  const { digest, manifest } = await openModelPack(directory);
  const { description, input, thresholds } = manifest;
  return { digest, ...(description === undefined ? {} : { description }), select: input.select, thresholds };
}
