/**
 * `sprintf` as OPA has it, which is Go's: policies are written and tested with `opa`, and opa-wasm's own takes what C and
 * JavaScript understand. The bundle puts this in its place (bin/build.mjs). Pure; no format and no value makes it throw.
 * A set arrives as a list: that is how WebAssembly hands it over.
 */
import { quoteGo, termText } from "./term-text.ts";

interface Spec {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly precision: number | undefined;
}

/** More is no format that anybody reads; Go's own limit. */
const MAX_WIDTH = 1_000_000;
const VERB = /%([-+# 0]*)(?:\[(\d+)\])?(\d+|\*)?(?:\.(\d+|\*)?)?(?:\[(\d+)\])?(.|$)/gsu;

/** Undefined, as in OPA, where the format is no text or the values are no list. */
export function sprintf(format: unknown, values: unknown): string | undefined {
  if (typeof format !== "string" || !Array.isArray(values)) return undefined;
  const args = values.map(argumentOf);
  let next = 0;
  let reordered = false;
  const take = (index?: string) => {
    if (index !== undefined) {
      next = Number(index) - 1;
      reordered = true;
    }
    return args[next++];
  };
  const size = (text: string | undefined) => {
    const value = text === "*" ? take() : text === undefined ? undefined : Number(text);
    return typeof value === "number" && Math.abs(value) <= MAX_WIDTH ? Math.trunc(value) : undefined;
  };
  const text = format.replace(VERB, (whole, flags: string, first, width, precision, second, verb: string) => {
    if (verb === "%") return "%";
    if (verb === "") return "%!(NOVERB)";
    const dotted = whole.slice(0, -verb.length).includes(".");
    const index = second ?? first;
    const asked = size(width);
    const digits = dotted ? (size(precision) ?? 0) : undefined;
    const value = take(index);
    if (value === undefined) return index === undefined ? `%!${verb}(MISSING)` : `%!${verb}(BADINDEX)`;
    const minus = flags.includes("-") || (asked ?? 0) < 0;
    return formatOne(verb, value, {
      plus: flags.includes("+") && verb !== "v",
      minus,
      sharp: flags.includes("#"),
      space: flags.includes(" "),
      zero: flags.includes("0") && !minus,
      width: Math.abs(asked ?? 0),
      precision: digits,
    });
  });
  return reordered || next >= args.length
    ? text
    : `${text}%!(EXTRA ${args
        .slice(next)
        .map((value) => typed(value))
        .join(", ")})`;
}

/** Numbers and texts are what they are; everything else is its text. */
function argumentOf(value: unknown): string | number {
  return typeof value === "string" || typeof value === "number" ? value : termText(value);
}

function formatOne(verb: string, value: string | number, spec: Spec): string {
  if (verb === "T") return pad(typeOf(value), spec);
  const text = typeof value === "string" ? ofText(verb, value, spec) : ofNumber(verb, value, spec);
  return text ?? `%!${verb}(${typed(value, spec)})`;
}

function typed(value: string | number, spec: Spec = PLAIN): string {
  const text = typeof value === "string" ? ofText("v", value, spec) : ofNumber("v", value, spec);
  return `${typeOf(value)}=${text}`;
}

function typeOf(value: string | number): string {
  if (typeof value === "string") return "string";
  return isWhole(value) ? "int64" : "float64";
}

/** From there on JSON has an exponent, and OPA a float. */
function isWhole(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21;
}

function ofText(verb: string, value: string, spec: Spec): string | undefined {
  const cut = spec.precision === undefined ? value : [...value].slice(0, spec.precision).join("");
  if (verb === "s" || verb === "v") return pad(spec.sharp && verb === "v" ? quoteGo(value) : cut, spec);
  if (verb === "q") return pad(spec.sharp && !/[`\p{Cc}\uFEFF]/u.test(cut) ? `\`${cut}\`` : quoteGo(cut), spec);
  if (verb !== "x" && verb !== "X") return undefined;
  const hex = Buffer.from(cut, "utf8").toString("hex");
  const prefix = spec.sharp && hex !== "" ? `0${verb}` : "";
  return pad(`${prefix}${verb === "X" ? hex.toUpperCase() : hex}`, spec);
}

function ofNumber(verb: string, value: number, spec: Spec): string | undefined {
  if (!isWhole(value)) return ofFraction(verb, value, spec);
  const letters = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 } as const;
  if (Object.hasOwn(letters, verb)) {
    const digits = BigInt(Math.abs(value))
      .toString(letters[verb as keyof typeof letters])
      .padStart(spec.precision ?? 0, "0");
    const prefix = verb === "O" ? "0o" : spec.sharp ? ({ b: "0b", o: "0", x: "0x", X: "0X" }[verb] ?? "") : "";
    const zero = spec.zero && spec.precision === undefined;
    return signed(value < 0, prefix, verb === "X" ? digits.toUpperCase() : digits, { ...spec, zero });
  }
  if (value < 0 || value > 0x10ffff) return undefined;
  const character = String.fromCodePoint(value);
  if (verb === "c") return pad(character, spec);
  if (verb === "q")
    return pad(`'${character === "'" ? "\\'" : character === '"' ? '"' : quoteGo(character).slice(1, -1)}'`, spec);
  return verb === "U" ? pad(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, spec) : undefined;
}

function ofFraction(verb: string, value: number, spec: Spec): string | undefined {
  const size = Math.abs(value);
  const { precision } = spec;
  const places = Math.min(precision ?? 6, 100);
  let text: string;
  if (verb === "f" || verb === "F") text = fixed(size, places);
  else if (verb === "e" || verb === "E") text = exponent(size.toExponential(places));
  else if (verb === "v" || verb === "g" || verb === "G") text = shortest(size, precision);
  else return undefined;
  return signed(value < 0, "", verb === "E" || verb === "G" ? text.toUpperCase() : text, spec);
}

/** Halves go to the even digit, as in Go; JavaScript takes the larger. */
function fixed(size: number, places: number): string {
  if (size >= 1e21) return `${BigInt(size)}${places === 0 ? "" : `.${"0".repeat(places)}`}`;
  const text = size.toFixed(places);
  const rest = size.toFixed(100).split(".")[1]?.slice(places) ?? "";
  const half = /^50*$/.test(rest) && /[13579]$/.test(text);
  return half ? (Number(text) - 10 ** -places).toFixed(places) : text;
}

/** `%g`: an exponent below -4, and from the precision on, which is 6 for the shortest form. */
function shortest(value: number, precision?: number): string {
  const digits = precision === undefined ? undefined : Math.min(Math.max(precision, 1), 100);
  const [mantissa = "0", power = "0"] = value.toExponential(digits === undefined ? undefined : digits - 1).split("e");
  const exact = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const limit = digits ?? 6;
  if (Number(power) < -4 || Number(power) >= limit) return exponent(`${exact}e${power}`);
  const places = Math.max(exact.replace(".", "").length - 1 - Number(power), 0);
  return Number(`${exact}e${power}`).toFixed(Math.min(places, 100));
}

/** Go writes at least two digits of an exponent. */
function exponent(text: string): string {
  return text.replace(
    /e([+-]?)(\d+)$/,
    (_, sign: string, digits: string) => `e${sign || "+"}${digits.padStart(2, "0")}`,
  );
}

const PLAIN: Spec = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: 0,
  precision: undefined,
};

function signed(negative: boolean, prefix: string, digits: string, spec: Spec): string {
  const sign = negative ? "-" : spec.plus ? "+" : spec.space ? " " : "";
  const zeros = spec.zero ? Math.max(spec.width - sign.length - digits.length - prefix.length, 0) : 0;
  return pad(`${sign}${prefix}${"0".repeat(zeros)}${digits}`, { ...spec, zero: false });
}

function pad(text: string, { width, minus, zero }: Spec): string {
  const missing = Math.max(width - [...text].length, 0);
  if (minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}
