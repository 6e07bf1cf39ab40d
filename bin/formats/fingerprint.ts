import { digestOf } from "../../schema/index.ts";
import { visible } from "../render/escape.ts";
import type { FormatProblem } from "./report.ts";

/**
 * A name for each problem that stays the same from run to run: of rule, file, message, and its turn among those alike. The line
 * is left out, so that lines added above do not make an old problem a new one.
 */
export function fingerprints(problems: readonly FormatProblem[]): readonly string[] {
  const turns = new Map<string, number>();
  return problems.map(({ rule, file, message }) => {
    const base = digestOf([rule, file ?? "", message].map(visible));
    const turn = turns.get(base) ?? 0;
    turns.set(base, turn + 1);
    return turn === 0 ? base : digestOf([base, turn]);
  });
}
