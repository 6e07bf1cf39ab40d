/** The door of the models room: judging by ONNX models, and their packs. */

export { type DescribedModel, describeModelPack } from "./describe.ts";
export type { FailureCode } from "./failure.ts";
export { builtinModelPack, loadModelPack } from "./inspect.ts";
export { type ModelJudgeOptions, startModelJudge } from "./judge.ts";
export type { ModelJudge, ModelLimits, ModelPack } from "./port.ts";
export { type BegunModels, beginModels, discardPreparedModelJudge, prepareModelJudge } from "./prepare.ts";
