import { beginPipeNames, type PipeNamePool } from "../../engines/index.ts";
import { type BegunModels, beginModels } from "../../models/index.ts";
import { MODEL_LIMITS } from "./limits.ts";

/** What a run will wait for, on its way. */
export interface BegunRun {
  readonly sandbox: "auto" | "required" | "off";
  readonly models: BegunModels;
  readonly pipes: PipeNamePool;
}

/**
 * Begins the process that will hold a run's models, which takes longest of all, and the pipes of its launches. For a program that
 * loads this function before it loads the rest, and hands the result to prepareRun(). Returns at once, never throws; what
 * nobody takes ends with this process.
 */
export function beginRun(sandbox: BegunRun["sandbox"]): BegunRun {
  return { sandbox, models: beginModels(MODEL_LIMITS, { sandbox }), pipes: beginPipeNames() };
}
