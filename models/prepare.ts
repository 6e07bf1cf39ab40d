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

let prepared: { readonly process: ModelProcess; readonly name: string } | undefined;

/** Begins to start a process for the next judge with the same sandbox and limits; returns at once, never throws. */
export function prepareModelJudge(limits: ModelLimits, options: PrepareOptions): void {
  prepared ??= { process: startProcess(limits, options, []), name: nameOf(limits, options) };
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
