import path from "node:path";
import { CabincrewError, isSha256 } from "../../schema/index.ts";

/** Where content lies: `<state>/store/<first two hex digits>/<64 hex digits>`. Refuses a name that is no SHA-256. */
export function contentPath(storeDir: string, sha256: string): string {
  if (!isSha256(sha256))
    throw new CabincrewError("ledger_corrupt", `Looking up stored content: ${JSON.stringify(sha256)} is not a SHA-256`);
  return path.join(storeDir, sha256.slice(0, 2), sha256);
}

/** The sentence and code for content that is not there. */
export function missing(sha256: string, cause?: unknown): CabincrewError {
  return new CabincrewError("ledger_corrupt", `The content store lacks ${sha256}, which the ledger refers to`, {
    cause,
    detail: { sha256 },
  });
}

/** The sentence and code for content whose bytes are not those of its name. */
export function damaged(sha256: string, found: string): CabincrewError {
  return new CabincrewError("ledger_corrupt", `The content store is damaged: the file named ${sha256} holds ${found}`, {
    detail: { sha256 },
  });
}
