/** Waivers: exceptions that the operator makes, outside of every workspace (spec/governance.md, GOV-16 and on). */
import type { WaiverScope } from "../../schema/index.ts";

/** One rule, set aside in one place and for a time. */
export interface Waiver {
  readonly id: string;
  /** `<policy>/<rule>`, as findings are named in every output. */
  readonly rule: string;
  readonly scope: WaiverScope;
  readonly owner: string;
  readonly reason: string;
  /** RFC 3339; from then on it does nothing. */
  readonly expires: string;
  /** What a matched finding becomes. */
  readonly to: "warn" | "require_approval";
}

/** What a run is, as far as a scope may ask. `pathOf` gives the path an artifact changes, by the artifact's name. */
export interface WaivingContext {
  /** RFC 3339: when the run was opened. */
  readonly time: string;
  readonly workspace: string;
  readonly workflow: string;
  readonly engine: string;
  readonly pathOf: (artifact: string) => string | undefined;
}
