/** What one pack said in a report, in a form that a test can compare. */
import type { RunReport } from "../../../orchestrator/index.ts";

/** `decision rule file:line` of every finding, the rule without the pack's name. */
export function spoken({ evaluations }: Pick<RunReport, "evaluations">, pack: string): string[] {
  const found = evaluations.find(({ policy_id }) => policy_id === pack);
  if (!found || found.failure) throw new Error(found?.reason ?? `${pack} did not judge the plan`);
  return found.findings.map(({ decision, rule = "", file, line }) => {
    const where = file === undefined ? "" : ` ${file}${line === undefined ? "" : `:${line}`}`;
    return `${decision} ${rule.replace(`${pack}/`, "")}${where}`;
  });
}
