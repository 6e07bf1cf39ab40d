/**
 * Makes text from outside (paths, messages, commands, log lines, diffs) safe to show. Nothing it returns can move the
 * cursor, change colours, reorder what is read, or hide: control characters, ANSI escapes, bidirectional controls,
 * zero-width and other invisible characters become visible escapes. What they stand for stays readable.
 */

/**
 * What shows nothing, or something else than itself: controls, formats, lone surrogates, separators, default-ignorables, private use,
 * code points that this Unicode does not know, spaces that are not U+0020, and letters and symbols whose glyph is blank.
 */
const UNSEEN = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{16fe4}\u{1d159}\u{13441}\u{13442}]|(?! )\p{Zs}`;

/**
 * Marks that change what stands before them: any after a sign (`-` with a stroke through it reads as `+`), at the start of a text,
 * where they would fall on ours, those that strike out or enclose, and more than four on one letter, which leave their line.
 */
const MARKS = String.raw`(?<![\p{L}\p{N}\p{M}])\p{M}|[\u0334-\u0338\p{Me}\u20d2\u20d3\u20d8-\u20da\u20e5-\u20eb]|(?<=\p{M}{4})\p{M}`;

/** Made when first needed: V8 takes milliseconds to read them, and most text is plain. */
let made: { readonly all: RegExp; readonly butTabs: RegExp } | undefined;

function patterns(): { readonly all: RegExp; readonly butTabs: RegExp } {
  made ??= {
    all: new RegExp(`${UNSEEN}|${MARKS}`, "gu"),
    // Lets tabs through: for lines of code, where indentation is not an attack.
    butTabs: new RegExp(`(?!\\t)(?:${UNSEEN})|${MARKS}`, "gu"),
  };
  return made;
}

/** True where the cheap path is right: printable ASCII only. */
const PLAIN = /^[\x20-\x7e]*$/;
const PLAIN_LINES = /^[\n\x20-\x7e]*$/;

/** One line of text from outside; line breaks and tabs become `\n`, `\t`. */
export function visible(text: string): string {
  return PLAIN.test(text) ? text : text.replace(patterns().all, escapeOf);
}

/** One line of code or log: as `visible`, but tabs stay. The caller splits at line feeds. */
export function visibleCode(text: string): string {
  return PLAIN.test(text) ? text : text.replace(patterns().butTabs, escapeOf);
}

/** The second `#` of what GitHub's, Azure's and TeamCity's runners look for anywhere in a line. */
const RUNNER_COMMAND = /##(?=[a-z]*\[)/gi;

/** The different characters of `line` that `visibleCode` writes as escapes, in order, as `U+XXXX`; without a carriage return at its end. */
export function hiddenIn(line: string): readonly string[] {
  if (PLAIN.test(line)) return [];
  const hidden = line.replace(/\r$/, "").match(patterns().butTabs) ?? [];
  return [...new Set(hidden)].map(
    (char) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

/**
 * Stops the runner of a CI system from taking a line of output for a command: GitHub's `::name::` at a line's start and `##[name]`
 * anywhere, `##vso[name]` of Azure Pipelines and `##teamcity[name]` are broken up visibly.
 */
export function withoutWorkflowCommands(text: string): string {
  return text.replace(/^([^\S\n]*):(?=:)/gm, "$1\\x3a").replace(RUNNER_COMMAND, "#\\x23");
}

/** JSON text with what JSON leaves bare but a terminal or a CI system would obey written as `\uXXXX`; the value is the same. */
export function visibleJson(json: string): string {
  const shown = PLAIN_LINES.test(json)
    ? json
    : json.replace(patterns().all, (char) =>
        char === "\n" ? char : [...Array(char.length).keys()].map((at) => unicodeEscape(char.charCodeAt(at))).join(""),
      );
  return shown.replace(RUNNER_COMMAND, "#\\u0023");
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
