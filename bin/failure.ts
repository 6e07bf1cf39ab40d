import { CabincrewError, type ExitCode, toCabincrewError } from "../schema/index.ts";
import { lines, safe } from "./render/shown.ts";
import type { Screen } from "./screen.ts";

/** A mistake on the command line: nothing was run, exit code 2. */
export function usageError(message: string, next?: string): CabincrewError {
  return new CabincrewError("usage", message, next === undefined ? {} : { next });
}

/** Shows what was thrown and returns the exit code that belongs to it: never a stack trace, unless CABINCREW_DEBUG is set. */
export function presentFailure(thrown: unknown, screen: Screen, debug: boolean): ExitCode {
  const error = toCabincrewError(thrown, "internal", "Something happened that cabincrew does not expect");
  if (screen.json) screen.document({ error: errorDocument(error), exit_code: error.exitCode });
  const { red, bold, dim } = screen.err;
  screen.alarm(
    lines(
      safe`${red(bold("error"))} ${error.message} ${dim(`[${error.code}]`)}`,
      ...detailLines(error.detail).map((line) => dim(line)),
      error.next !== "" && safe`${bold("next")}  ${error.next}`,
    ),
  );
  if (debug) screen.alarm(lines(...stackOf(thrown).map((line) => dim(line))));
  return error.exitCode;
}

function errorDocument(error: CabincrewError): Record<string, unknown> {
  return { code: error.code, message: error.message, next: error.next, detail: error.detail };
}

function detailLines(detail: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(detail).map(
    ([key, value]) => `      ${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

function stackOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [String(thrown)];
  const own = (thrown.stack ?? thrown.message).split("\n");
  return thrown.cause === undefined ? own : [...own, "caused by", ...stackOf(thrown.cause)];
}
