/** The packs of a governance with what each says of itself. A pack that does not load is listed with why. */
import { describeModelPack } from "../../models/index.ts";
import { type DescribedPolicy, describePolicyPack } from "../../policies/index.ts";
import type { ModelManifest } from "../../schema/index.ts";
import type { Governance, GovernedModel, GovernedPolicy } from "../governance/index.ts";
import type { Waiver } from "../waivers/index.ts";

interface PackEntry {
  readonly id: string;
  readonly version: string;
  readonly origin: string;
  readonly digest: string;
  readonly error: string | null;
}

export interface PolicyEntry extends PackEntry, Partial<Omit<DescribedPolicy, "digest">> {}

export interface ModelEntry extends PackEntry {
  readonly description?: string;
  /** What is scored. */
  readonly select?: string;
  readonly thresholds?: ModelManifest["thresholds"];
}

/** What judges plans: `policy list`. */
export interface GovernanceReport {
  readonly source: Governance["source"];
  readonly directory: string | null;
  readonly digest: string;
  readonly policies: readonly PolicyEntry[];
  readonly models: readonly ModelEntry[];
  readonly waivers: readonly (Waiver & { readonly expired: boolean })[];
}

/** `now` in milliseconds decides which waivers are shown as expired. */
export async function describeGovernance(governance: Governance, now: number = Date.now()): Promise<GovernanceReport> {
  const { source, directory = null, digest } = governance;
  return {
    source,
    directory,
    digest,
    policies: await Promise.all(governance.policies.map(policyEntry)),
    models: await Promise.all(governance.models.map(modelEntry)),
    waivers: governance.waivers.map((waiver) => ({ ...waiver, expired: Date.parse(waiver.expires) <= now })),
  };
}

/** A governed policy as its pack describes it; undefined when the pack no longer loads or is no longer the same. */
export async function describedPolicy(pack: GovernedPolicy): Promise<DescribedPolicy | undefined> {
  if (pack.error !== undefined) return undefined;
  const described = await describePolicyPack(pack, pack.data).catch(() => undefined);
  return described?.digest === pack.digest ? described : undefined;
}

async function policyEntry(pack: GovernedPolicy): Promise<PolicyEntry> {
  const described = await describedPolicy(pack);
  if (!described) return entryOf(pack);
  const { digest: _, ...rest } = described;
  return { ...entryOf(pack), ...rest };
}

async function modelEntry(pack: GovernedModel): Promise<ModelEntry> {
  const described =
    pack.error === undefined ? await describeModelPack(pack.directory).catch(() => undefined) : undefined;
  if (described?.digest !== pack.digest) return entryOf(pack);
  const { digest: _, ...rest } = described;
  return { ...entryOf(pack), ...rest };
}

function entryOf({ id, version, origin, digest, error }: GovernedPolicy | GovernedModel): PackEntry {
  return { id, version, origin, digest, error: error ?? null };
}
