/**
 * Makes text from outside (paths, messages, commands, log lines, diffs) safe to show. Nothing it returns can move the
 * cursor, change colours, reorder what is read, or hide: control characters, ANSI escapes, bidirectional controls,
 * zero-width and other invisible characters become visible escapes. What they stand for stays readable.
 */

/** Cc, Cf, lone surrogates, line/paragraph separators, default-ignorables, private use, and spaces that are not U+0020. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** The same, letting tabs through: for lines of code, where indentation is not an attack. */
const HIDDEN_BUT_TABS = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** True where the cheap path is right: printable ASCII only. */
const PLAIN = /^[\x20-\x7e]*$/;

/** One line of text from outside; line breaks and tabs become `\n`, `\t`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, escapeOf);
}

/** One line of code or log: as `visible`, but tabs stay. The caller splits at line feeds. */
export function visibleCode(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN_BUT_TABS, escapeOf);
}

/**
 * Stops GitHub's runner from taking a line of output for a workflow command: `::name::` at a line's start and `##[name]`
 * anywhere are broken up visibly. Needed wherever text from outside is printed inside an action.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, "$1\\x3a").replace(/##(?=\[)/g, "#\\x23");
}

/** JSON text with the characters that JSON leaves bare but a terminal would obey written as `\uXXXX`; the value is the same. */
export function visibleJson(json: string): string {
  return json.replace(HIDDEN, (char) =>
    char === "\n" ? char : [...Array(char.length).keys()].map((at) => unicodeEscape(char.charCodeAt(at))).join(""),
  );
}

function escapeOf(char: string): string {
  if (char === "\n") return "\\n";
  if (char === "\t") return "\\t";
  if (char === "\r") return "\\r";
  const code = char.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? unicodeEscape(code) : `\\u{${code.toString(16)}}`;
}

function unicodeEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
