import { joined, lines, type Showable, Shown, textOf } from "./shown.ts";

const ANSI = /\x1b\[[0-9;]*m/g;

/** Columns aligned by what is seen; the last one is not padded. A header of empty cells is not shown. */
export function table(header: readonly Showable[], rows: readonly (readonly Showable[])[]): Shown {
  const titled = header.some((cell) => textOf(cell) !== "");
  const all = (titled ? [header, ...rows] : rows).map((row) => row.map(textOf));
  const widths = header.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  return lines(
    all.map((row) =>
      joined(
        row.map((cell, column) => new Shown(column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0))),
        "  ",
      ),
    ),
  );
}

function pad(cell: string, to: number): string {
  return cell + " ".repeat(Math.max(0, to - width(cell)));
}

function width(cell: string): number {
  return [...cell.replace(ANSI, "")].length;
}
