import type { VerifyReport } from "../api.ts";

export type IntegrityFinding = VerifyReport["findings"][number];
export type FindingCode = "ledger_corrupt" | "token_mismatch" | "approval_invalid";

/** More findings than anybody reads; the first ones say where it began. */
export const MAX_FINDINGS = 100;

/** Collects what is wrong, in the order it was met. */
export class Findings {
  readonly all: IntegrityFinding[] = [];

  /** `where` names the place (`entry 5`, `run …`, `content …`); `message` is one sentence about it. */
  add(code: FindingCode, where: string, message: string): void {
    if (this.all.length < MAX_FINDINGS) this.all.push({ code, where, message });
  }

  /** Puts what was found in an earlier part of the ledger in front. */
  precede(earlier: readonly IntegrityFinding[]): void {
    this.all.unshift(...earlier);
    this.all.splice(MAX_FINDINGS);
  }

  get full(): boolean {
    return this.all.length >= MAX_FINDINGS;
  }
}
