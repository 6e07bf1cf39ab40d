import type { ImportReport } from "../../orchestrator/index.ts";
import { KEY_KNOWN } from "./detail.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { count } from "./units.ts";

/** What was imported, whose word it is, and how much that word is worth. */
export function renderImport(report: ImportReport, ink: Ink): Shown {
  const { run_id, origin, outcome } = report;
  const verdict = outcome === "nothing_to_do" ? ink.yellow("nothing to do") : ink.green(ink.bold(outcome));
  return lines(
    safe`${verdict}  ${report.message}`,
    safe`  ${ink.bold("state")}     ${report.state}, ${count(report.events, "event")}`,
    origin && safe`  ${ink.bold("ledger")}    key ${origin.ledger}, ${KEY_KNOWN[origin.key_known]}`,
    origin?.key_known === "first_use" &&
      ink.yellow(
        "            whoever made the file could have made the key too: compare it with the one that the ledger's owner",
      ),
    origin?.key_known === "first_use" &&
      ink.yellow("            gives you, or import the file again with --public-key"),
    origin &&
      !origin.contents &&
      ink.dim(
        "  no diff, logs and artifacts came along; `cabincrew export <run> --contents` makes an export that has them",
      ),
    safe`  ${ink.bold("next")}      cabincrew show ${run_id}`,
  );
}
