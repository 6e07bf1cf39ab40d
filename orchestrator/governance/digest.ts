import { canonicalJson, compareUtf8, digestOf } from "../../schema/index.ts";
import type { Governance, GovernedModel, GovernedPolicy } from "./governance.ts";

/** The governance digest (spec/governance.md): no path, no time, and the order of packs and engine ids does not count. */
export function governanceDigest(governance: Omit<Governance, "digest" | "source" | "directory">): string {
  const { policies, models, authority, waivers, limits, engines, approvalTtlSeconds } = governance;
  return digestOf({
    format: "cabincrew.governance/1",
    policies: inOrder(policies.map(packEntry)),
    models: inOrder(models.map(packEntry)),
    authority: authority?.digest ?? null,
    ...(waivers.length === 0 ? {} : { waivers: inOrder(waivers) }),
    limits,
    engines: Object.fromEntries(Object.entries(engines).map(([list, ids]) => [list, inOrder([...new Set(ids)])])),
    approval_ttl_seconds: approvalTtlSeconds,
  });
}

function packEntry(pack: GovernedPolicy | GovernedModel): Record<string, unknown> {
  const { id, digest, origin } = pack;
  return { id, digest, origin, data: "data" in pack ? pack.data : undefined };
}

function inOrder<Entry>(entries: readonly Entry[]): Entry[] {
  return entries
    .map((entry) => ({ entry, text: canonicalJson(entry) }))
    .sort((a, b) => compareUtf8(a.text, b.text))
    .map(({ entry }) => entry);
}
