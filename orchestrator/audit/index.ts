/** The audit trail as a stream of lines. */
export { type AuditFormat, type AuditOptions, auditLines } from "./lines.ts";
