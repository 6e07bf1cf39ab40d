/** Loads packs so that none is left out: one that does not load stays, with the reason, and will deny. */
import { loadModelPack } from "../../models/index.ts";
import { type BundleOptions, loadPolicyPack } from "../../policies/index.ts";
import { CabincrewError, sha256, toCabincrewError } from "../../schema/index.ts";
import type { GovernedModel, GovernedPolicy } from "./governance.ts";
import type { PackPlace } from "./locate.ts";

/** A place to load from; `problem` says beforehand why it cannot be a pack. `id` names it when it does not load. */
export interface PackCandidate extends PackPlace {
  readonly id: string;
  readonly problem?: string;
}

export const loadPolicies = (candidates: readonly PackCandidate[]): Promise<GovernedPolicy[]> =>
  Promise.all(candidates.map((candidate) => loadOne(candidate, "policy", loadPolicyPack)));

export const loadModels = (candidates: readonly PackCandidate[]): Promise<GovernedModel[]> =>
  Promise.all(candidates.map((candidate) => loadOne(candidate, "model", (directory) => loadModelPack(directory))));

interface Pack {
  readonly id: string;
  readonly version: string;
  readonly directory: string;
  readonly digest: string;
  readonly postFlight?: true;
}

async function loadOne<Loaded extends Pack>(
  { directory, origin, bundle, id, problem }: PackCandidate,
  kind: "policy" | "model",
  load: (directory: string, bundle?: BundleOptions) => Promise<Loaded>,
): Promise<Pack & { origin: PackPlace["origin"]; bundle?: BundleOptions; error?: string }> {
  try {
    if (problem !== undefined) throw new CabincrewError("governance_invalid", problem);
    const pack = await load(directory, bundle);
    const { version, digest, postFlight } = pack;
    const asked = postFlight ? { postFlight } : {};
    return { id: pack.id, version, directory, digest, origin, ...asked, ...(bundle ? { bundle } : {}) };
  } catch (error) {
    const { code, message, detail } = toCabincrewError(error, "governance_invalid", `The ${kind} pack ${id}`);
    // Of the failure only its kind: a sentence may hold paths, which must not enter a digest.
    const failure = typeof detail["failure"] === "string" ? detail["failure"] : "";
    return {
      id,
      version: "",
      directory,
      digest: sha256(`unreadable:${kind}:${id}:${code}:${failure}`),
      origin,
      error: message,
    };
  }
}
