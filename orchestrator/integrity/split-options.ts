/** When a ledger is verified in two threads. Apart, because the types of the library reach it and must not reach the database. */
export interface SplitOptions {
  /** Ledgers with fewer entries are verified in one thread; starting another costs as much as some thousand entries. */
  readonly from?: number;
}
