/** Runs of other ledgers, kept in this one and looked at as if they were its own (spec/ledger.md, "Imports"). */
export { type ImportOptions, importRun } from "./import-run.ts";
export { importedOnly, originOf, type Reading, readingOf } from "./view.ts";
