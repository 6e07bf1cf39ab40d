/**
 * Code inside of a statement: what DO runs at once, and what a routine, trigger, event or rule runs later. A body may be a
 * string, a dollar quote, or stand there as it is. Throws a sentence where nobody can say what a body holds.
 */
import type { Token } from "./tokens.ts";

export interface Body {
  readonly text: string;
  /** Where it begins in the statement's text. */
  readonly start: number;
  /** At once, or when it is called. */
  readonly runs: "do" | "routine";
}

/** The first of these words says what is made. */
const OBJECTS =
  /^(?:database|extension|index|materialized|policy|role|schema|sequence|table|type|user|view|function|procedure|proc|trigger|event|package|rule)$/;
const ROUTINES = /^(?:function|procedure|proc|trigger|event|package|rule)$/;
const SQL_LANGUAGES = /^(?:sql|plpgsql|plpgsql2|tsql|pgtsql|spl|edbspl)$/;
const VERBS =
  /^(?:alter|call|create|declare|delete|drop|exec|execute|grant|if|insert|merge|perform|replace|select|set|truncate|update|with)$/;
/** What stands before a body that is a single statement. */
const BEFORE = /^(?:as|is|row|do|also|instead|return)$/;
const MAX_HEAD = 120;

export function bodiesOf(tokens: readonly Token[], text: string): readonly Body[] {
  const words = tokens.map(({ kind, text: word }) => (kind === "word" ? word.toLowerCase() : ""));
  if (words[0] === "do") return quoted(tokens, words, "do");
  if (words[0] !== "create" && words[0] !== "alter") return [];
  if (!ROUTINES.test(words.slice(0, MAX_HEAD).find((word) => OBJECTS.test(word)) ?? "")) return [];
  const language = words.indexOf("language");
  const named = tokens[language + 1]?.text.toLowerCase() ?? "sql";
  const bodies = language < 0 || SQL_LANGUAGES.test(named) ? quoted(tokens, words, "routine") : [];
  return [...bodies, ...written(tokens, words, text)];
}

/** Bodies in strings: behind DO or AS, but for the name of the language. */
function quoted(tokens: readonly Token[], words: readonly string[], runs: Body["runs"]): Body[] {
  return tokens.flatMap((token, index) => {
    if (!isText(token) || words[index - 1] === "language") return [];
    const before = words[index - 1] === "e" ? words[index - 2] : words[index - 1];
    if (runs === "routine" && before !== "as") return [];
    if (tokens[index - 1]?.text === "&" || (words[index - 1] === "e" && /\\[^nrt'"\\]/.test(token.text)))
      throw new Error("it writes code with escapes");
    return [{ text: plainText(token), start: token.start, runs }];
  });
}

/** Bodies that stand there as they are: from BEGIN, or from the one statement, to the end. */
function written(tokens: readonly Token[], words: readonly string[], text: string): Body[] {
  const begins = words.findIndex(
    (word, index) =>
      index > 1 &&
      ((word === "begin" && tokens[index - 1]?.text !== ".") || (VERBS.test(word) && follows(tokens, words, index))),
  );
  const [first, last] = [tokens[begins], tokens.at(-1)];
  if (!first || !last) return [];
  // BEGIN ATOMIC is no other block than BEGIN, and a splitter of the body would not know the word.
  const start = words[begins] === "begin" && words[begins + 1] === "atomic" ? tokens[begins + 2]?.start : first.start;
  return start === undefined ? [] : [{ text: text.slice(start, last.end), start, runs: "routine" }];
}

function follows(tokens: readonly Token[], words: readonly string[], index: number): boolean {
  const open = tokens[index - 1]?.text === "(" ? 1 : 0;
  const calls = words[index] === "execute" && /^(?:function|procedure)$/.test(words[index + 1] ?? "");
  return BEFORE.test(words[index - 1 - open] ?? "") && !calls;
}

export function isText({ kind }: Token): boolean {
  return kind === "string" || kind === "dollar";
}

/** What a string holds: a doubled quote stands for one. */
export function plainText({ kind, text }: Token): string {
  return kind === "string" ? text.replaceAll("''", "'") : text;
}
