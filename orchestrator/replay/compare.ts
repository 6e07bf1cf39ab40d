import type { SealedArtifact } from "../artifacts/index.ts";

/** More differences than anybody reads. */
const MAX_LISTED = 20;

/** What differs between the recorded artifacts and those made again, one sentence each, by name. */
export function artifactDifferences(
  recorded: readonly SealedArtifact[],
  again: readonly SealedArtifact[],
): readonly string[] {
  const before = new Map(recorded.map((artifact) => [artifact.name, artifact]));
  const after = new Map(again.map((artifact) => [artifact.name, artifact]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const sentences = names.flatMap((name) => describe(name, before.get(name), after.get(name)));
  if (sentences.length <= MAX_LISTED) return sentences;
  return [...sentences.slice(0, MAX_LISTED), `And ${sentences.length - MAX_LISTED} further differences.`];
}

function describe(name: string, before: SealedArtifact | undefined, after: SealedArtifact | undefined): string[] {
  const which = `Artifact ${JSON.stringify(name)}`;
  if (!before) return [`${which} is new; the recorded plan had none of this name.`];
  if (!after) return [`${which} is missing; the recorded plan had it.`];
  return [
    ...(before.role === after.role ? [] : [`${which} has the role ${after.role}, recorded was ${before.role}.`]),
    ...(before.metadata_sha256 === after.metadata_sha256 ? [] : [`${which} is described differently.`]),
    ...(before.body?.sha256 === after.body?.sha256 ? [] : [`${which} has other content.`]),
  ];
}
