import { type ExitCode, exitCodeOf, REASONS, type ReasonCode } from "./reasons.ts";
import { isShortage } from "./shortage.ts";

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

/** What the commonest system errors mean, in words that end a sentence. */
const ERRNO_WORDS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EAGAIN: "the system could give nothing more for the moment",
  EBUSY: "it is in use",
  EEXIST: "it is there already",
  EIO: "the device failed to read or write it",
  EISDIR: "it is a directory",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open in this process",
  ENAMETOOLONG: "the name is too long",
  ENFILE: "too many files are open on this machine",
  ENOENT: "it does not exist",
  ENOMEM: "there is not enough memory",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of its path is no directory",
  EPERM: "that is not permitted",
  EROFS: "the file system is read-only",
};

/** Why something failed, for the end of a sentence: system errors in words with their errno, others as they say it. */
export function whyOf(error: unknown): string {
  const errno = errnoOf(error);
  const words = errno === undefined ? undefined : ERRNO_WORDS[errno];
  if (words) return `${words} (${errno})`;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Anything thrown, as a CabincrewError: a full disk and a shortage of the machine are recognised, since they say nothing about what
 * was being done; all else becomes `fallback`, with what to `next`.
 */
export function toCabincrewError(error: unknown, fallback: ReasonCode, doing: string, next?: string): CabincrewError {
  if (error instanceof CabincrewError) return error;
  const errno = errnoOf(error);
  const code = codeOf(errno) ?? fallback;
  const path = pathOf(error);
  const where = path === undefined || doing.includes(path) ? "" : `${path}: `;
  return new CabincrewError(code, `${doing}: ${where}${whyOf(error)}`, {
    cause: error,
    ...(errno ? { detail: { errno } } : {}),
    ...(next !== undefined && code === fallback ? { next } : {}),
  });
}

function codeOf(errno: string | undefined): ReasonCode | undefined {
  if (isShortage(errno)) return "resources_exhausted";
  return errno === "ENOSPC" || errno === "EDQUOT" || errno === "SQLITE_FULL" ? "disk_full" : undefined;
}

/** The file a system error is about. */
function pathOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("path" in error)) return undefined;
  return typeof error.path === "string" ? error.path : undefined;
}
