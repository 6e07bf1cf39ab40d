import type { GuaranteeReport, GuaranteeResult } from "../../orchestrator/index.ts";
import type { FormatCheck, FormatReport } from "./report.ts";

/** A self-proof: one check for each guarantee; what is not applicable is marked so, that it never looks like a proof. */
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

const WORDS = { held: "held", broken: "**broken**", not_applicable: "not applicable" } as const;

function checkOf({ id, guarantee, status, evidence, remedy }: GuaranteeResult): FormatCheck {
  if (status === "held") return { name: id, broken: false, problems: [], claim: guarantee };
  const level = status === "broken" ? "error" : "note";
  const message = `${guarantee}: ${status === "broken" ? evidence : `not applicable. ${evidence}`}`;
  const inapplicable = status === "not_applicable" ? ({ inapplicable: true } as const) : {};
  const problem = {
    rule: id,
    level,
    message,
    word: WORDS[status],
    ...(remedy ? { fix: remedy } : {}),
    ...inapplicable,
  } as const;
  return { name: id, broken: false, problems: [problem] };
}
