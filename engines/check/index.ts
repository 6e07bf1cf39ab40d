/** The conformance check for engine authors. */
export { checkEngine } from "./check.ts";
export { CHECKS, type CheckName, type CheckReport, type EngineCheck } from "./report.ts";
export type { CheckOptions } from "./stage.ts";
