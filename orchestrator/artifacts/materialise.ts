/**
 * Makes the read-only copy that a take-off reads, out of the store and nothing else; every byte is hashed while it is copied
 * (DESIGN section 6), so there is no window between the check and the use.
 */
import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { CabincrewError, removeTree, toCabincrewError } from "../../schema/index.ts";
import type { ContentStore } from "../content/port.ts";
import { nameProblem } from "./names.ts";
import { printable } from "./refuse.ts";
import type { SealedArtifact } from "./types.ts";

const FILE_MODE = 0o444;
const DIRECTORY_MODE = 0o555;

/**
 * Writes `<name>/artifact.json` (canonical) and the body file of each artifact below `target`: files 0444, directories 0555.
 * `target` is made anew; what an interrupted attempt left there is removed, also when this attempt fails. Rejects with
 * `token_mismatch` when stored bytes are not those that were sealed, `ledger_corrupt` when they are missing.
 */
export async function materialiseArtifacts(
  sealed: readonly SealedArtifact[],
  store: Pick<ContentStore, "copyTo">,
  target: string,
): Promise<void> {
  removeTree(target);
  try {
    mkdirSync(target, { recursive: true, mode: 0o700 });
    for (const artifact of sealed) await materialise(artifact, store, target);
    chmodSync(target, DIRECTORY_MODE);
  } catch (error) {
    removeTree(target);
    throw toCabincrewError(error, "state_unusable", `Preparing the artifacts for take-off in ${target}`);
  }
}

async function materialise(
  artifact: SealedArtifact,
  store: Pick<ContentStore, "copyTo">,
  target: string,
): Promise<void> {
  const { name, document, body } = artifact;
  const bodyFile = document.body_file;
  // The record comes from the ledger: it is checked again before a path is made of it.
  if (
    nameProblem(name) ||
    (bodyFile === undefined) !== (body === undefined) ||
    (bodyFile !== undefined && nameProblem(bodyFile))
  )
    throw new CabincrewError(
      "ledger_corrupt",
      `The ledger's record of artifact ${printable(name)} cannot be what was sealed`,
    );
  const folder = path.join(target, name);
  mkdirSync(folder, { mode: 0o700 });
  await store.copyTo(artifact.metadata_sha256, path.join(folder, "artifact.json"), { mode: FILE_MODE });
  if (body && bodyFile !== undefined) {
    const size = await store.copyTo(body.sha256, path.join(folder, bodyFile), { mode: FILE_MODE });
    if (size !== body.size)
      throw new CabincrewError(
        "token_mismatch",
        `The body of artifact ${printable(name)} has ${size} bytes; ${body.size} were sealed`,
      );
  }
  chmodSync(folder, DIRECTORY_MODE);
}
