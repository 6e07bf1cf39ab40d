/** The door of governance: what judges a run and what it permits (spec/governance.md). */
export { assertEngineAllowed, type EngineDemand } from "./engine-permission.ts";
export type {
  EnginePermissions,
  Governance,
  GovernedLimits,
  GovernedModel,
  GovernedPolicy,
  PackOrigin,
} from "./governance.ts";
export { type GovernanceOptions, loadGovernance } from "./load.ts";
