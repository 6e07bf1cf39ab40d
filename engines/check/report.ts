/** What the conformance check of an engine found (A21). */
export interface CheckReport {
  readonly engine: { readonly id: string; readonly version: string; readonly digest: string };
  /** True when no check failed. */
  readonly ok: boolean;
  readonly checks: readonly EngineCheck[];
}

export interface EngineCheck {
  readonly name: CheckName;
  readonly status: "pass" | "fail" | "skip";
  /** For people: what was seen, or why it was skipped. */
  readonly explanation: string;
}

/** In the order in which they are made and shown, with what each one asks. */
export const CHECKS = {
  receipt: "flight-plan prints a valid receipt",
  stdout: "stdout holds the receipt and nothing else",
  "refuses-garbage": "input that is not JSON is refused",
  "refuses-unknown-mode": "an unknown mode is refused",
  "workspace-untouched": "flight-plan changes nothing in the workspace",
  artifacts: "artifacts are well-formed and listed in the receipt",
  repeatable: "two flight-plans give the same artifacts",
  "take-off": "take-off works from a sealed copy of the artifacts at another path",
  "artifacts-untouched": "take-off leaves the artifacts alone",
  "as-planned": "take-off leaves files exactly as planned",
  idempotent: "a second take-off changes nothing",
  reconcile: "reconcile reports what take-off did",
} as const;

export type CheckName = keyof typeof CHECKS;

/** Collects results; a check that was never reached counts as skipped, never as passed. */
export class CheckList {
  readonly #found = new Map<CheckName, EngineCheck>();

  add(name: CheckName, status: EngineCheck["status"], explanation: string): void {
    this.#found.set(name, { name, status, explanation });
  }

  /** Passes when there is no problem. */
  judge(name: CheckName, problem: string | undefined, good: string): void {
    this.add(name, problem === undefined ? "pass" : "fail", problem ?? good);
  }

  all(): EngineCheck[] {
    return (Object.keys(CHECKS) as CheckName[]).map(
      (name) =>
        this.#found.get(name) ?? { name, status: "skip", explanation: "not reached because an earlier check failed" },
    );
  }
}
