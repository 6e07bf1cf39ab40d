/**
 * SQL text to tokens: what is code, what is a name, a string or a comment. Total but for what has no end, which throws a
 * sentence: whoever cannot say where a string ends cannot say what is code either.
 */
import type { Dialect } from "./dialect.ts";

export interface Token {
  /** `command`: a line that the client program itself obeys (psql, sqlite3, sqlcmd). `note`: a migration tool's comment. */
  readonly kind: "word" | "name" | "string" | "dollar" | "symbol" | "comment" | "space" | "command" | "note";
  /** As written; of a string, name or note what is inside. */
  readonly text: string;
  /** Where it begins and ends in the text, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/y;
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_$#]*/uy;
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y;
const LINE_COMMENT = /--[^\n]*/y;
/** PostgreSQL ends one at a carriage return as well. */
const LINE_COMMENT_CR = /--[^\r\n]*/y;
const HASH_COMMENT = /#[^\n]*/y;
const REST_OF_LINE = /[^\n]*/y;
const BACKSLASH_COMMAND = /\\(?:\\|[^\s\\]*(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`|[^\\\n])*)/y;
const NOTE = /^--\s*(\+(?:goose|migrate)\s+\w+|migrate:\w+|\/\/@undo)\b/i;
const ORACLE_QUOTE = /q'(.)/iy;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };

/** The token at a position; `lineStart` says that only blanks stand before it on its line, `begins` that a statement does. */
export function tokenAt(
  text: string,
  start: number,
  dialect: Dialect,
  { lineStart, begins }: { readonly lineStart: boolean; readonly begins: boolean },
): Token {
  const token = (kind: Token["kind"], end: number, inner = text.slice(start, end)): Token => ({
    kind,
    text: inner,
    start,
    end,
  });
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = start;
    return pattern.exec(text)?.[0];
  };
  const quoted = (kind: "string" | "name", close: string, escapes: boolean, open = 1): Token => {
    const end = closingQuote(text, start + open, close, escapes);
    if (end === undefined) throw new Error(`what ${text[start]} opens on line ${lineOf(text, start)} has no end`);
    return token(kind, end, text.slice(start + open, end - close.length));
  };
  const char = text[start] ?? "";
  const mysql = dialect === "mysql";

  const space = match(SPACE);
  if (space !== undefined) return token("space", start + space.length);
  if (char === "-" && text[start + 1] === "-" && !(mysql && /[^\s]/.test(text[start + 2] ?? " "))) {
    const comment = match(dialect === "postgres" || dialect === "unknown" ? LINE_COMMENT_CR : LINE_COMMENT) ?? "";
    const note = NOTE.exec(comment)?.[1];
    return token(note === undefined ? "comment" : "note", start + comment.length, note?.toLowerCase());
  }
  if (char === "#" && (mysql || (dialect === "unknown" && lineStart)))
    return token("comment", start + (match(HASH_COMMENT) ?? "").length);
  if (char === "/" && text[start + 1] === "*") {
    // MySQL runs what stands in such a comment, so it is code.
    const run = /\/\*M?!\d*/y;
    const opener = mysql || dialect === "unknown" ? match(run) : undefined;
    if (opener !== undefined) return token("comment", start + opener.length);
    return token("comment", commentEnd(text, start, dialect === "postgres" || dialect === "mssql"));
  }
  if (char === "*" && text[start + 1] === "/") return token("comment", start + 2);
  if (char === "'")
    return quoted("string", "'", mysql || /(?:^|[^\w])e$/i.test(text.slice(Math.max(0, start - 2), start)));
  if (char === '"') return quoted(mysql ? "string" : "name", '"', mysql);
  if (char === "`") return quoted("name", "`", false);
  if (char === "[" && (dialect === "mssql" || dialect === "sqlite")) return quoted("name", "]", false);
  const dollar = char === "$" && !mysql ? match(DOLLAR) : undefined;
  if (dollar !== undefined && !/\w/.test(text[start - 1] ?? "")) {
    const end = text.indexOf(dollar, start + dollar.length);
    if (end < 0) throw new Error(`what ${dollar} opens on line ${lineOf(text, start)} has no end`);
    return token("dollar", end + dollar.length, text.slice(start + dollar.length, end));
  }
  if (dialect === "oracle" && /q/i.test(char) && text[start + 1] === "'") {
    ORACLE_QUOTE.lastIndex = start;
    const opener = ORACLE_QUOTE.exec(text)?.[1];
    if (opener !== undefined) return quoted("string", `${CLOSING[opener] ?? opener}'`, false, 3);
  }
  if (isCommand(char, text, start, dialect, lineStart && begins))
    return token(
      "command",
      start + (char === "\\" ? backslashCommand(text, start, dialect) : sticky(REST_OF_LINE, text, start)).length,
    );
  const word = match(WORD);
  if (word !== undefined) return token("word", start + word.length);
  return token("symbol", start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1));
}

/**
 * psql obeys a backslash wherever it stands, but for `\;` and `\:`, which belong to the statement; MySQL's client `\g` and `\G`;
 * sqlite3 a dot, sqlcmd and SQL*Plus `!` where a statement may begin.
 */
function isCommand(char: string, text: string, start: number, dialect: Dialect, begins: boolean): boolean {
  const next = text[start + 1] ?? "";
  if (char === "\\" && (next === ";" || next === ":")) return false;
  if (char === "\\") return dialect === "postgres" || dialect === "unknown" || begins || /g/i.test(next);
  if (!begins) return false;
  if (char === ".") return /[a-z]/i.test(text[start + 1] ?? "") && dialect !== "postgres" && dialect !== "mysql";
  return char === "!" || (char === ":" && /^:(?:r|!!)\b|^:!!/i.test(text.slice(start, start + 3)));
}

/**
 * Up to the end of the line or the backslash after its arguments: there the next command begins, and after `\\` SQL again. Only
 * programs and copies take whole lines. MySQL's `\g` ends a statement and has no arguments.
 */
function backslashCommand(text: string, start: number, dialect: Dialect): string {
  const pattern = /\\(?:!|copy\b)/iy;
  pattern.lastIndex = start;
  if (pattern.test(text)) return sticky(REST_OF_LINE, text, start);
  if (dialect !== "postgres" && /^\\g(?![a-z])/i.test(text.slice(start, start + 3)))
    return text.slice(start, start + 2);
  return sticky(BACKSLASH_COMMAND, text, start);
}

function sticky(pattern: RegExp, text: string, start: number): string {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? "";
}

/** One past the closing quote; doubled quotes stand for one. */
function closingQuote(text: string, from: number, close: string, escapes: boolean): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    if (escapes && text[at] === "\\") at += 1;
    else if (text.startsWith(close, at)) {
      if (close.length === 1 && text[at + 1] === close) at += 1;
      else return at + close.length;
    }
  }
  return undefined;
}

function commentEnd(text: string, start: number, nests: boolean): number {
  let depth = 0;
  for (let at = start; at < text.length - 1; at += 1) {
    const pair = text.slice(at, at + 2);
    if (pair === "/*" && (nests || depth === 0)) depth += 1;
    else if (pair === "*/") depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return at + 1;
  }
  throw new Error(`the comment that begins on line ${lineOf(text, start)} has no end`);
}

/** 1-based. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
