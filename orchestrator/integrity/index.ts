/** Integrity: what the ledger, its projections, its content and its exports prove about themselves. */
export { verifyExport } from "./verify-export.ts";
export { type VerifyOptions, verifyLedger } from "./verify-ledger.ts";
