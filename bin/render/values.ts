import type { Json } from "../../schema/index.ts";

const UNITS = 80;

/** A JSON value on one line, cut to what a line of a table holds. */
export function valueText(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= UNITS ? text : `${text.slice(0, UNITS)}…`;
}
