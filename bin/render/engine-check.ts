import { type Ink, lines, type Shown, safe } from "./shown.ts";

interface EngineCheckReport {
  readonly engine: { readonly id: string; readonly version: string; readonly digest: string };
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly status: "pass" | "fail" | "skip";
    readonly explanation: string;
  }[];
}

/** One line a check, the verdict first. */
export function renderEngineCheck(report: EngineCheckReport, ink: Ink): Shown {
  const { engine, checks } = report;
  const verdict = report.ok ? ink.green(ink.bold("conforms")) : ink.red(ink.bold("does not conform"));
  const colours = { pass: ink.green, fail: ink.red, skip: ink.yellow };
  const widest = Math.max(0, ...checks.map((check) => check.name.length));
  return lines(
    safe`${verdict}  ${engine.id} ${engine.version} ${ink.dim(engine.digest)}`,
    ...checks.map(
      (check) => safe`  ${colours[check.status](check.status)}  ${check.name.padEnd(widest)}  ${check.explanation}`,
    ),
  );
}
