/** The door of the engines room: find an engine, launch it, end what an earlier launch left; differences of files. */

export {
  CHECKS,
  type CheckName,
  type CheckOptions,
  type CheckReport,
  checkEngine,
  type EngineCheck,
} from "./check/index.ts";
export {
  analyseChange,
  type ChangeAnalysis,
  type DiffSide,
  isText,
  readableBytes,
  readableDiff,
  unifiedDiff,
} from "./diff/index.ts";
export {
  beginPipeNames,
  endSurvivors,
  keepPipesOutOf,
  launchEngine,
  neverStarted,
  type PipeNamePool,
  prepareLaunch,
  secretForms,
  sweepPipeNames,
} from "./launch/index.ts";
export type {
  Engine,
  EngineLaunch,
  EngineLimits,
  EngineMode,
  EngineOutcome,
  LaunchEngine,
  SandboxPolicy,
} from "./port.ts";
export { type ResolveOptions, resolveEngine } from "./resolve.ts";
export {
  assertProgram,
  bubblewrapArguments,
  findBubblewrap,
  findProgram,
  type SandboxBind,
  type SandboxView,
} from "./sandbox/index.ts";
