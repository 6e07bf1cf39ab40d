/** Who watches a run never changes it: what an observer throws is a warning of the process, and the run goes on. */
import { whyOf } from "../../schema/index.ts";
import type { DriveOptions } from "../api.ts";

/** The options with an observer that throws nothing; the first thing it threw is told as a Node warning, `CabincrewObserver`. */
export function onlooking(options: DriveOptions): DriveOptions {
  const { observe } = options;
  if (!observe) return options;
  let told = false;
  return {
    ...options,
    observe(observation) {
      try {
        observe(observation);
      } catch (error) {
        if (!told) process.emitWarning(`The observer of a run threw: ${whyOf(error)}`, "CabincrewObserver");
        told = true;
      }
    },
  };
}
