/** Decisions and evaluations as every judge reports them (DESIGN section 5). */
import type { JsonObject } from "./json-value.ts";

export const DECISIONS = ["allow", "warn", "require_approval", "deny"] as const;
export type Decision = (typeof DECISIONS)[number];

export function isDecision(value: unknown): value is Decision {
  return typeof value === "string" && (DECISIONS as readonly string[]).includes(value);
}

/** One thing one rule or model found. `line` is 1-based in the file as it will be after take-off. */
export interface Finding {
  readonly decision: Exclude<Decision, "allow">;
  readonly message: string;
  readonly rule?: string;
  readonly severity?: string;
  readonly artifact?: string;
  readonly file?: string;
  readonly line?: number;
  readonly fix?: string;
  /** Role that may approve, when the rule asks for a particular one. */
  readonly role?: string;
  /** Model score in 0..1. */
  readonly score?: number;
  /** What else the rule said of it; shown and recorded, without meaning of its own. */
  readonly metadata?: JsonObject;
  /** Set aside by the operator: `decision` is what it became. */
  readonly waived?: FindingWaiver;
}

/** The waiver that set a finding aside. */
export interface FindingWaiver {
  readonly id: string;
  readonly owner: string;
  readonly reason: string;
  /** RFC 3339. */
  readonly expires: string;
  /** What the judge had decided. */
  readonly decision: Exclude<Decision, "allow">;
}

/**
 * What one configured policy or model yielded. A judge that could not be loaded or evaluated yields a deny whose
 * `failure` names why; there is no evaluation-less judge.
 */
export interface Evaluation {
  readonly source: "opa" | "onnx" | "orchestrator";
  readonly policy_id: string;
  readonly version?: string;
  /** SHA-256 of the compiled policy or model file. */
  readonly digest?: string;
  readonly decision: Decision;
  readonly reason: string;
  readonly failure?: string;
  readonly findings: readonly Finding[];
  readonly evidence: Readonly<Record<string, unknown>>;
}
