/** The judges a replay asks: a whole governance, or one changed pack in the place of the one that judged. */
import { existsSync } from "node:fs";
import path from "node:path";
import { loadModelPack } from "../../models/index.ts";
import { loadPolicyPack } from "../../policies/index.ts";
import {
  CabincrewError,
  digestOf,
  type Evaluation,
  type PreflightContents,
  type PreflightInput,
} from "../../schema/index.ts";
import type { Crew } from "../crew.ts";
import { type Governance, loadGovernance } from "../governance/index.ts";
import type { RunRecord } from "../runs/record.ts";
import { waivedFor } from "../waivers/index.ts";
import { governanceFor } from "./evaluate.ts";
import { judgePlan } from "./judge-plan.ts";

export interface OtherJudges {
  /** What would be recorded of this plan now. */
  judge(run: RunRecord, input: PreflightInput, contents: PreflightContents): Promise<readonly Evaluation[]>;
}

/** `governanceDir` absent: the governance in force for each run. Each run is judged with what its workspace brings today as well. */
export function wholeGovernance(crew: Crew, governanceDir: string | undefined): OtherJudges {
  const options = { ...crew.options, ...(governanceDir === undefined ? {} : { governanceDir }) };
  const loaded = new Map<string, Promise<Governance>>();
  const governanceOf = ({ workspace, governance_dir }: RunRecord["spec"]) => {
    const name = JSON.stringify([workspace, governance_dir]);
    const spec = { workspace, ...(governance_dir === undefined ? {} : { governance_dir }) };
    const known = loaded.get(name) ?? loadGovernance(governanceFor(options, spec, crew.now()));
    loaded.set(name, known);
    return known;
  };
  return {
    async judge(run, input, contents) {
      return (await judgePlan(crew.judges, await governanceOf(run.spec), input, contents)).evaluations;
    },
  };
}

/**
 * What the record says stands, save for the evaluations of the pack with this one's id: so the difference is the pack's alone.
 * Data and waivers are those of the governance in force. Throws governance_invalid for a pack that does not load.
 */
export async function onePack(crew: Crew, directory: string): Promise<OtherJudges> {
  const place = path.resolve(directory);
  const inForce = await loadGovernance({ configDir: crew.options.configDir, now: crew.now(), ...named(crew) });
  const isModel = existsSync(path.join(place, "manifest.json"));
  if (!isModel && !existsSync(path.join(place, "pack.json")))
    throw new CabincrewError("governance_invalid", `${place} holds neither a pack.json nor a manifest.json.`, {
      next: "Name the directory of a policy pack or of a model pack.",
    });
  const pack = isModel ? await loadModelPack(place) : await loadPolicyPack(place);
  const data = inForce.policies.find(({ id, origin }) => id === pack.id && origin !== "workspace")?.data;
  const governed = { ...pack, origin: "absolute" as const };
  const alone: Governance = {
    ...inForce,
    digest: digestOf({ pack: pack.digest, data: data ?? null }),
    policies: isModel ? [] : [{ ...governed, ...(data ? { data } : {}) }],
    models: isModel ? [governed] : [],
  };
  const replaced = ({ policy_id, source }: Evaluation) =>
    source === (isModel ? "onnx" : "opa") && (policy_id === pack.id || policy_id.startsWith(`${pack.id}/`));
  return {
    async judge(run, input, contents) {
      const judged = await crew.judges.start(alone, "auto").judge(input, contents);
      const kept = run.evaluations.filter((evaluation) => !replaced(evaluation));
      return [...kept, ...(await waivedFor(alone.waivers, input, judged))];
    },
  };
}

function named({ options }: Crew): { readonly governanceDir?: string } {
  return options.governanceDir === undefined ? {} : { governanceDir: options.governanceDir };
}
