import { CabincrewError } from "../../schema/index.ts";

/**
 * The same refusal, with `started: false` in its detail: the engine was not running yet, so nothing can have taken effect. Only for
 * shortages, of which nobody could tell otherwise.
 */
export function neverStarted(error: CabincrewError): CabincrewError {
  if (error.code !== "resources_exhausted" && error.code !== "disk_full") return error;
  const detail = { ...error.detail, started: false };
  return new CabincrewError(error.code, error.message, { next: error.next, detail, cause: error.cause });
}
