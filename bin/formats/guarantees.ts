import type { GuaranteeReport, GuaranteeResult } from "../../orchestrator/index.ts";
import type { FormatCheck, FormatReport } from "./report.ts";

/** A self-proof: one check for each guarantee; what is not applicable is a note, so that it never looks like a proof. */
export function reportOfGuarantees(report: GuaranteeReport, exitCode: number): FormatReport {
  const { held, broken, not_applicable, governance, sandbox } = report;
  return {
    title: "cabincrew verify-guarantees",
    outcome: report.ok ? "none broken" : `${broken} broken`,
    exitCode,
    checks: report.guarantees.map(checkOf),
    facts: [
      ["held", String(held)],
      ["broken", String(broken)],
      ["not applicable", String(not_applicable)],
      ["governance", `${governance.source} ${governance.digest}`],
      ["sandbox", sandbox],
    ],
  };
}

function checkOf({ id, guarantee, status, evidence, remedy }: GuaranteeResult): FormatCheck {
  if (status === "held") return { name: id, broken: false, problems: [] };
  const level = status === "broken" ? "error" : "note";
  const message = `${guarantee}: ${status === "broken" ? evidence : `not applicable. ${evidence}.`}`;
  return { name: id, broken: false, problems: [{ rule: id, level, message, ...(remedy ? { fix: remedy } : {}) }] };
}
