/** Bounded line differences: for the evidence people read and for the lines policies and models judge. */
export { analyseChange, type ChangeAnalysis } from "./analyse.ts";
export { isText, readableBytes, readableDiff } from "./text.ts";
export { type DiffSide, unifiedDiff } from "./unified.ts";
