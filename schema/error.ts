import { type ExitCode, exitCodeOf, REASONS, type ReasonCode } from "./reasons.ts";

/** What a refusal may carry besides its sentence; all of it may be shown and recorded, so never a secret. */
export interface ErrorContext {
  /** What to do next; defaults to the registry's advice for the code. */
  readonly next?: string;
  /** Machine-readable facts (paths, sizes, exit codes). */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * The only error class of the project (spec/reasons.md). `message` says what was being done and what happened; `code`
 * comes from the registry and fixes the exit code; `next` says what the user should do.
 */
export class CabincrewError extends Error {
  override readonly name = "CabincrewError";
  readonly code: ReasonCode;
  readonly next: string;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(code: ReasonCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.next = context.next ?? REASONS[code].next;
    this.detail = context.detail ?? {};
  }

  get exitCode(): ExitCode {
    return exitCodeOf(this.code);
  }
}

/** The errno name (`ENOENT`, …) of a system error, else undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Anything thrown, as a CabincrewError: disk-full is recognised, all else becomes `fallback`. */
export function toCabincrewError(error: unknown, fallback: ReasonCode, doing: string): CabincrewError {
  if (error instanceof CabincrewError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const errno = errnoOf(error);
  const code: ReasonCode = errno === "ENOSPC" || errno === "EDQUOT" || errno === "SQLITE_FULL" ? "disk_full" : fallback;
  return new CabincrewError(code, `${doing}: ${message}`, {
    cause: error,
    ...(errno ? { detail: { errno } } : {}),
  });
}
