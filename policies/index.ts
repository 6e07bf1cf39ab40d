/** The door of the policies room: decisions, judging by OPA policies, and their packs. */

export type { BuildOptions } from "./build.ts";
export { aggregate, mostSevere, severityOf } from "./decision.ts";
export { type DataValue, type DescribedPolicy, describePolicyPack, type RuleDescription } from "./describe.ts";
export type { FailureCode } from "./failure.ts";
export { builtinPolicyPack, loadPolicyPack } from "./inspect.ts";
export { type ConfiguredPack, startPolicyJudge } from "./judge.ts";
export type { BundleOptions, PackSource, PolicyJudge, PolicyLimits, PolicyPack } from "./port.ts";
export { discardPreparedPolicyJudge, preparePolicyJudge } from "./prepare.ts";
export type { RegoTest } from "./rego-test.ts";
export { buildPolicyPack, testPolicyPack } from "./toolchain.ts";
