/** Whole texts: what `select: "files"` and `"bodies"` mean. A text that cannot be had is unseen, never passed over. */
import type { PreflightArtifact, PreflightContents } from "../../schema/index.ts";
import { type Collector, placeOf } from "./units.ts";

const READ_AT_ONCE = 16;

/** The new text of each changed file; of deleted files, directories and links there is none. */
export function addFiles(
  artifacts: readonly PreflightArtifact[],
  contents: PreflightContents | undefined,
  into: Collector,
): Promise<void> {
  const files = artifacts.filter(({ change }) => change && change.op !== "delete" && change.entry === "file");
  return addTexts(files, contents, into);
}

/** The body of each artifact that is no file change; one without a body has none. */
export function addBodies(
  artifacts: readonly PreflightArtifact[],
  contents: PreflightContents | undefined,
  into: Collector,
): Promise<void> {
  const bodies = artifacts.filter(
    ({ change, body, sha256 }) => !change && (body !== undefined || sha256 !== undefined),
  );
  return addTexts(bodies, contents, into);
}

async function addTexts(
  artifacts: readonly PreflightArtifact[],
  contents: PreflightContents | undefined,
  into: Collector,
): Promise<void> {
  for (let start = 0; start < artifacts.length && !into.isFull(); start += READ_AT_ONCE) {
    const batch = artifacts.slice(start, start + READ_AT_ONCE);
    const texts = await Promise.all(
      batch.map(async (artifact) => artifact.body ?? (await contents?.text(artifact.name))),
    );
    for (const [index, artifact] of batch.entries()) {
      const data = texts[index];
      if (data === undefined) into.addUnseen(placeOf(artifact));
      else if (data !== "") into.add({ ...placeOf(artifact), data });
    }
  }
}
