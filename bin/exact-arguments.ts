import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { usageError } from "./failure.ts";

/** What Node puts in the place of bytes that are not UTF-8. */
const REPLACED = "\ufffd";

/**
 * Throws `usage` where an argument's bytes are not UTF-8. Node has replaced them by then, so that another command would be planned,
 * shown and run than the one that was typed.
 */
export function assertExactArguments(argv: readonly string[]): void {
  if (!argv.some((word) => word.includes(REPLACED)) || isUtf8(typedBytes())) return;
  throw usageError(
    "An argument holds bytes that are not UTF-8, so it cannot be passed on as it was typed.",
    "Put it into a script, and run that.",
  );
}

/** The command line as the system keeps it; where it does not, what cannot be told apart is taken for replaced. */
function typedBytes(): Buffer {
  try {
    return readFileSync("/proc/self/cmdline");
  } catch {
    return Buffer.of(0xff);
  }
}
