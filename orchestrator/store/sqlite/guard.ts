import { CabincrewError, type ReasonCode, toCabincrewError } from "../../../schema/index.ts";

/** Another directory is no help to who wants to read this ledger. */
const MAKE_WRITABLE =
  "Make the state directory writable, or copy it, whole, to where it is, and name the copy with --state-dir.";

/** What is no lack of permission: the system took some of the writing and then no more. */
const MAKE_ROOM =
  "See whether a quota or a limit of file sizes (`ulimit -f`) is reached there, and whether the disk works; then the same again.";

const CODES: readonly (readonly [RegExp, ReasonCode, string, string?])[] = [
  [/^SQLITE_(BUSY|LOCKED)/, "busy", "another process holds the database"],
  [/^SQLITE_FULL/, "disk_full", "the disk is full"],
  [/^SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/, "ledger_corrupt", "the database file is damaged"],
  [/^SQLITE_READONLY/, "state_unusable", "the database is read-only", MAKE_WRITABLE],
  [/^SQLITE_IOERR_WRITE/, "state_unusable", "the database cannot be written any further", MAKE_ROOM],
  [/^SQLITE_(CANTOPEN|IOERR|PERM|AUTH)/, "state_unusable", "the database cannot be read or written", MAKE_WRITABLE],
];

/** Runs one piece of database work; SQLite's errors come out as ours, with what was being done. */
export function guarded<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof CabincrewError) throw error;
    const sqlite = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    const known = CODES.find(([pattern]) => pattern.test(sqlite));
    if (!known) throw toCabincrewError(error, "internal", doing);
    throw new CabincrewError(known[1], `${doing}: ${known[2]} (${sqlite}).`, {
      cause: error,
      ...(known[3] === undefined ? {} : { next: known[3] }),
    });
  }
}
