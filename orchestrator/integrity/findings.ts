import type { VerifyReport } from "../api.ts";

export type IntegrityFinding = VerifyReport["findings"][number];
export type FindingCode = "ledger_corrupt" | "token_mismatch" | "approval_invalid";

/** More findings than anybody reads; the first ones say where it began. */
export const MAX_FINDINGS = 100;

/** Collects what is wrong, in the order it was met. */
export class Findings {
  readonly all: (IntegrityFinding & { readonly code: FindingCode })[] = [];
  /** How many there were, those beyond the limit among them. */
  met = 0;

  /** `where` names the place (`entry 5`, `run …`, `content …`); `message` is one sentence about it. */
  add(code: FindingCode, where: string, message: string): void {
    this.met += 1;
    if (this.all.length < MAX_FINDINGS) this.all.push({ code, where, message });
  }

  get full(): boolean {
    return this.all.length >= MAX_FINDINGS;
  }
}
