import type { DoctorFinding } from "../../orchestrator/index.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";

/** One line a check, and how to get what is not there. */
export function renderDoctor(findings: readonly DoctorFinding[], ink: Ink): Shown {
  return lines(...findings.map((finding) => one(finding, ink)));
}

function one(finding: DoctorFinding, ink: Ink): Shown {
  const colour = { ok: ink.green, degraded: ink.yellow, missing: ink.red }[finding.status];
  return lines(
    safe`${colour(finding.status.padEnd(8))}  ${ink.bold(finding.check)}  ${finding.detail}`,
    finding.remedy !== undefined && safe`          ${finding.remedy}`,
  );
}
