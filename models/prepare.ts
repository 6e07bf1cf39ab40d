/**
 * A model process begun before it is known which models it will hold: of all judges it takes longest to get ready. It is the
 * process that would be started later, with nothing in it yet; whoever does not take it ends it.
 */
import { findBubblewrap, isVisible } from "./bubblewrap.ts";
import { failed } from "./failure.ts";
import type { ModelLimits } from "./port.ts";
import { ModelProcess } from "./process.ts";

export interface PrepareOptions {
  readonly sandbox: "auto" | "required" | "off";
}

/** A process that may hold the models of the next judge with the same sandbox and limits. */
export interface BegunModels {
  readonly process: ModelProcess;
  readonly name: string;
}

let prepared: BegunModels | undefined;

/** Begins to start a process; returns at once, never throws. It keeps nobody alive, and ends with whoever began it. */
export function beginModels(limits: ModelLimits, options: PrepareOptions): BegunModels {
  return { process: startProcess(limits, options, []), name: nameOf(limits, options) };
}

/** Keeps `begun`, or a process begun now, for the next judge with the same sandbox and limits. */
export function prepareModelJudge(limits: ModelLimits, options: PrepareOptions, begun?: BegunModels): void {
  prepared ??= begun ?? beginModels(limits, options);
}

/** The prepared process where it is what is asked for, else a new one. */
export function takeProcess(limits: ModelLimits, options: PrepareOptions, hide: readonly string[]): ModelProcess {
  const found = prepared;
  if (found?.name === nameOf(limits, options) && !hide.some(isVisible)) {
    prepared = undefined;
    return found.process;
  }
  return startProcess(limits, options, hide);
}

/** Ends a prepared process that nobody took. */
export function discardPreparedModelJudge(): void {
  prepared?.process.fail(failed("crashed", "no model was asked for").failure);
  prepared = undefined;
}

function startProcess(limits: ModelLimits, { sandbox }: PrepareOptions, hide: readonly string[]): ModelProcess {
  return new ModelProcess({ sandbox, bubblewrap: findBubblewrap(), hide, memoryBytes: limits.memoryBytes });
}

function nameOf(limits: ModelLimits, { sandbox }: PrepareOptions): string {
  return `${sandbox} ${limits.memoryBytes}`;
}
