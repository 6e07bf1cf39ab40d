import picocolors from "picocolors";
import { visible, visibleCode } from "./escape.ts";

/**
 * Text that may be written to a screen. Only the `safe` tag, an `Ink` and the joiners below make it, and they escape every
 * string they are given; screens accept nothing else. So text from outside cannot reach a terminal unescaped.
 */
export class Shown {
  readonly #text: string;

  /** `text` must already be escaped; for code of this folder only. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type Showable = string | number | boolean | Shown;

/** Tagged template: its literal parts are ours and stay, everything interpolated is escaped unless it is `Shown` already. */
export function safe(literals: TemplateStringsArray, ...values: readonly Showable[]): Shown {
  return new Shown(
    literals.map((literal, index) => literal + (index < values.length ? textOf(values[index]) : "")).join(""),
  );
}

/** Escaped text of one value. */
export function textOf(value: Showable | undefined): string {
  if (value === undefined) return "";
  return value instanceof Shown ? value.toString() : visible(String(value));
}

/** A line of code or log: tabs stay, all else that hides is shown. */
export function code(line: string): Shown {
  return new Shown(visibleCode(line));
}

/** Lines one below the other; `undefined`, `null` and `false` are left out, an empty string is an empty line. */
export function lines(...parts: readonly (Showable | readonly Showable[] | undefined | null | false)[]): Shown {
  const kept = parts.flat().filter((part): part is Showable => part !== undefined && part !== null && part !== false);
  return new Shown(kept.map(textOf).join("\n"));
}

/** Values in a row, with `separator` (ours, not escaped) between them. */
export function joined(values: readonly Showable[], separator: string): Shown {
  return new Shown(values.map(textOf).join(separator));
}

/** Every line of `text` moved right by `by`. */
export function indented(text: Shown, by: string): Shown {
  return new Shown(text.toString().replace(/^(?=.)/gm, by));
}

const STYLES = ["bold", "dim", "red", "green", "yellow", "blue", "magenta", "cyan"] as const;

/** Colours for one stream; without colour each function only escapes. */
export type Ink = Readonly<Record<(typeof STYLES)[number], (value: Showable) => Shown>>;

export function createInk(colour: boolean): Ink {
  const colours = picocolors.createColors(colour);
  const entries = STYLES.map((style) => [style, (value: Showable) => new Shown(colours[style](textOf(value)))]);
  return Object.fromEntries(entries) as Ink;
}
