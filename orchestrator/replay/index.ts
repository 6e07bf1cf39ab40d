/** Replay: the same run again, out of what was recorded. */
export { type ReplayOptions, replayRun } from "./replay-run.ts";
