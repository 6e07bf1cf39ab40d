import type { CheckReport } from "../../orchestrator/index.ts";
import type { FormatCheck, FormatReport } from "./report.ts";

/** A conformance check: what was skipped is marked so, that it never looks like a pass. */
export function reportOfEngineCheck({ engine, ok, checks }: CheckReport, exitCode: number): FormatReport {
  return {
    title: `cabincrew engine check ${engine.id} ${engine.version}`,
    outcome: ok ? "conforms" : "does not conform",
    exitCode,
    checks: checks.map(checkOf),
    facts: [["engine", `${engine.id} ${engine.version} ${engine.digest}`]],
  };
}

function checkOf({ name, status, explanation }: CheckReport["checks"][number]): FormatCheck {
  if (status === "pass") return { name, broken: false, problems: [], claim: explanation };
  const skipped = { level: "note", word: "skipped", inapplicable: true } as const;
  const problem = { rule: name, message: explanation, ...(status === "skip" ? skipped : { level: "error" as const }) };
  return { name, broken: false, problems: [problem] };
}
