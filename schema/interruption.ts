import { CabincrewError, type ErrorContext } from "./error.ts";

/** The error of work that `signal` cut short: `terminated` where its reason is SIGTERM, else `interrupted`. */
export function interruptionOf(signal: AbortSignal, who: string, context: ErrorContext): CabincrewError {
  const terminated = signal.reason === "SIGTERM";
  const what = terminated ? "terminated" : "interrupted";
  return new CabincrewError(what, `${who} was ${what}.`, context);
}
