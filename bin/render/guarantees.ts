import type { GuaranteeReport, GuaranteeResult } from "../../orchestrator/index.ts";
import type { Screen } from "../screen.ts";
import { type Ink, lines, type Shown, safe } from "./shown.ts";
import { table } from "./table.ts";
import { count, duration } from "./units.ts";

const WORDS = { held: "held", broken: "BROKEN", not_applicable: "n/a" } as const;
const CLEAR = "\r\x1b[2K";

/** Every guarantee with what was seen, then what to do about the broken ones. */
export function renderGuarantees(report: GuaranteeReport, ink: Ink): Shown {
  const { held, broken, not_applicable, guarantees } = report;
  const colour = { held: ink.green, broken: ink.red, not_applicable: ink.yellow };
  const rows = guarantees.map(({ id, guarantee, status }) => [colour[status](WORDS[status]), ink.bold(id), guarantee]);
  const { source, directory } = report.governance;
  const verdict = report.ok ? ink.green(ink.bold("none broken")) : ink.red(ink.bold(`${broken} broken`));
  return lines(
    table(["", "", ""], rows),
    ...section("Broken", guarantees, "broken", ink),
    ...section("Not applicable, so not proven", guarantees, "not_applicable", ink),
    "",
    safe`${verdict}  ${held} held, ${not_applicable} not applicable, of ${count(guarantees.length, "guarantee")} in ${duration(report.duration_ms)}`,
    safe`  ${ink.bold("governance")}  ${directory ?? source}`,
    safe`  ${ink.bold("sandbox")}     ${report.sandbox}`,
  );
}

function section(
  title: string,
  guarantees: readonly GuaranteeResult[],
  status: GuaranteeResult["status"],
  ink: Ink,
): readonly (Shown | string)[] {
  const found = guarantees.filter((each) => each.status === status);
  if (found.length === 0) return [];
  return [
    "",
    ink.bold(title),
    ...found.flatMap(({ id, evidence, remedy }) => [
      safe`  ${ink.bold(id)}  ${evidence}`,
      ...(remedy === undefined ? [] : [safe`    ${ink.dim(remedy)}`]),
    ]),
  ];
}

/** One line that counts while attacks go on, on a terminal only. */
export function createTally(screen: Screen): {
  observe(result: GuaranteeResult, done: number, of: number): void;
  stop(): void;
} {
  let shown = false;
  return {
    observe(result, done, of) {
      if (!screen.live) return;
      shown = true;
      screen.redraw(`${CLEAR}${safe`${done} of ${of}  ${screen.err.dim(result.id)}`}`);
    },
    stop() {
      if (shown) screen.redraw(CLEAR);
    },
  };
}
