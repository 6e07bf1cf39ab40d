/** The door of the self-proof: attacks on the user's own configuration (spec/guarantees.md). Loaded only when it is asked for. */
import type { GuaranteeReport, VerifyGuaranteesOptions } from "./verify-guarantees.ts";

export type { GuaranteeStatus } from "./attack.ts";
export type { GuaranteeReport, GuaranteeResult, VerifyGuaranteesOptions } from "./verify-guarantees.ts";

/**
 * Plays every attack in a scratch copy of the user's configuration and reports what held. The user's ledger, keys and workspace are
 * never written, and no key is copied. Throws governance_invalid and authority_invalid where the configuration does not load.
 */
export async function verifyGuarantees(options: VerifyGuaranteesOptions): Promise<GuaranteeReport> {
  return (await import("./verify-guarantees.ts")).verifyGuarantees(options);
}
