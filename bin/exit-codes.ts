import type { ExitCode } from "../schema/index.ts";

/** Gravest first: what a person must look at before the rest. */
const BY_GRAVITY: readonly ExitCode[] = [130, 143, 5, 9, 1, 7, 4, 2, 8, 6, 3, 0];

/** One exit code for several runs; 0 for none. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  return BY_GRAVITY.find((code) => codes.includes(code)) ?? 0;
}
