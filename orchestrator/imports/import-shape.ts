/** The shape of the entries by which this ledger keeps runs of others; its own signature stands behind them, and yet. */
import type { JsonObject } from "../../schema/index.ts";
import type { Principal } from "../api.ts";
import type { ImportedRun, LedgerImport } from "../ledger/import-entry.ts";
import { ulid } from "./event-shapes.ts";
import { count, flag, matching, object, oneOf, orNull, sha256, text } from "./shape.ts";

const closed = { closed: true };
const entry = object<LedgerImport>(
  {
    format: oneOf("cabincrew.import/1"),
    type: oneOf("run.imported"),
    seq: count,
    event_id: text,
    at: text,
    prev: sha256,
    data: object<ImportedRun>(
      {
        run_id: ulid,
        export_sha256: sha256,
        file: object<ImportedRun["file"]>({ sha256, size: count }, closed),
        ledger: object<ImportedRun["ledger"]>(
          {
            key_id: matching(/^[0-9a-f]{16}$/, "a key id"),
            public_key: text,
            head: object<ImportedRun["ledger"]["head"]>({ seq: count, hash: sha256 }, closed),
          },
          closed,
        ),
        key_known: oneOf("given", "before", "first_use"),
        contents: flag,
        by: object<Principal>({ id: text, proven: flag }, closed),
        replaces: orNull(count),
      },
      closed,
    ),
  },
  closed,
);

/** The end of a sentence about what is wrong; undefined when nothing is. */
export function importProblem(value: JsonObject): string | undefined {
  return entry(value, "it");
}
