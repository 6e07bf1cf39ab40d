import { CabincrewError } from "../../schema/index.ts";
import type { Governance } from "./governance.ts";

/** What the run asks for. `digest`, the SHA-256 of the executable, lets lists name `id@<digest>`. */
export interface EngineDemand {
  readonly network: boolean;
  readonly digest?: string;
}

/**
 * Refuses an engine that governance does not let run, or not with the network. Throws policy_denied (exit 4), not
 * governance_invalid: the governance is sound, it says no, and nothing about it should be corrected.
 */
export function assertEngineAllowed(
  governance: Pick<Governance, "engines">,
  engineId: string,
  { network, digest }: EngineDemand,
): void {
  // An engine names itself, so an id with `@` must never stand for an entry that pins an executable.
  const listed = (entries: readonly string[]) =>
    entries.some((entry) => (entry === engineId && !engineId.includes("@")) || entry === `${engineId}@${digest}`);
  const refuse = (problem: string, permission: string) =>
    new CabincrewError("policy_denied", `Governance does not let the engine ${engineId} ${problem}`, {
      next: `Use another engine, or have it added to \`${permission}\` in the governance file.`,
      detail: { engine: engineId, permission },
    });
  const { engines } = governance;
  if (engines.allow && !listed(engines.allow)) throw refuse("run", "engines.allow");
  if (network && engines.network && !listed(engines.network)) throw refuse("use the network", "engines.network");
}
