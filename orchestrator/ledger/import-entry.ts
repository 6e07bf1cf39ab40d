/** The entry by which a ledger keeps a run of another one (spec/ledger.md, "Imports"). It is no event of a run: nothing follows it. */
import type { Principal } from "../api.ts";

/**
 * How the key that signed an imported run was known: named by the person who imported it, from an import before, or not at all.
 */
export type KeyKnown = "given" | "before" | "first_use";

export interface ImportedRun {
  readonly run_id: string;
  /** Content address of the exported document in RFC 8785 form. */
  readonly export_sha256: string;
  /** The file as it came, which is not kept. */
  readonly file: { readonly sha256: string; readonly size: number };
  readonly ledger: {
    readonly key_id: string;
    /** SPKI PEM. */
    readonly public_key: string;
    /** Of the run's last entry. */
    readonly head: { readonly seq: number; readonly hash: string };
  };
  readonly key_known: KeyKnown;
  /** Whether all contents that the run names came along, now or with the import that this one replaces, and are in the store. */
  readonly contents: boolean;
  readonly by: Principal;
  /** Place of the import whose place this one takes. */
  readonly replaces: number | null;
}

export interface LedgerImport {
  readonly format: "cabincrew.import/1";
  readonly type: "run.imported";
  readonly seq: number;
  readonly event_id: string;
  readonly at: string;
  readonly prev: string;
  readonly data: ImportedRun;
}
