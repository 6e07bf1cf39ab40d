/** A worker thread begun before it is known which policies it will hold; whoever does not take it ends it. */
import type { PolicyLimits } from "./port.ts";
import { PolicyThread } from "./thread.ts";

let prepared: { readonly thread: PolicyThread; readonly memoryBytes: number } | undefined;

/** Begins to start a thread for the next judge with the same limits; returns at once. */
export function preparePolicyJudge({ memoryBytes }: PolicyLimits): void {
  prepared ??= { thread: new PolicyThread(memoryBytes), memoryBytes };
}

/** The prepared thread where it is what is asked for, else a new one. */
export function takeThread({ memoryBytes }: PolicyLimits): PolicyThread {
  const found = prepared;
  if (found?.memoryBytes !== memoryBytes) return new PolicyThread(memoryBytes);
  prepared = undefined;
  return found.thread;
}

/** Ends a prepared thread that nobody took. */
export async function discardPreparedPolicyJudge(): Promise<void> {
  const found = prepared;
  prepared = undefined;
  await found?.thread.close();
}
