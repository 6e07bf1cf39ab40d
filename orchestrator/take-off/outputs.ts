import { readdirSync } from "node:fs";
import type { Receipt } from "../../schema/index.ts";
import { collectAndSeal, type SealedArtifact } from "../artifacts/index.ts";
import type { Flight } from "../drive/flight.ts";
import { assertNoSecrets } from "../seal/secrets.ts";

const LIMITS = { artifacts: 10_000, bytes: 4 * 1024 ** 3 };

/** Seals what the engine left in its output directory during take-off; most engines leave nothing. */
export async function sealOutputs(flight: Flight, receipt: Receipt): Promise<readonly SealedArtifact[]> {
  const names = new Set(readdirSync(flight.directories.output));
  if (names.size === 0) return [];
  await assertNoSecrets(flight.directories.output, flight.secrets);
  // A take-off receipt may name the plan's artifacts again; those are sealed already.
  const listed = (receipt.artifacts ?? []).filter((artifact) => names.has(artifact.name));
  return collectAndSeal(flight.directories.output, { ...receipt, artifacts: listed }, LIMITS, flight.crew.content);
}
