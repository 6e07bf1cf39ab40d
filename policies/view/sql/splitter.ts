/**
 * Where one statement ends and the next begins: delimiters, also other ones (DELIMITER, GO, /), bodies of routines, blocks that
 * run at once, data behind COPY. Every statement is a list of its tokens without comments.
 */
import type { Dialect } from "./dialect.ts";
import { lineOf, type Token, tokenAt } from "./tokens.ts";

/** What runs as one. */
export interface Piece {
  readonly tokens: readonly Token[];
  /** Written to be run when the migration is undone. */
  readonly down: boolean;
}

const ROUTINE =
  /^(?:create|alter)(?: (?:or|replace|alter|temp|temporary|editionable|noneditionable|aggregate|constraint|definer = \S+(?: @ \S+)?))* (?:trigger|procedure|proc|function|event|package)$/;
const TRANSACTION =
  /^(?:transaction|tran|work|immediate|exclusive|deferred|isolation|read|concurrent|distributed|not|;)?$/;
/** Words that a condition or block is made of: what follows them is a statement of its own. */
const CONTROL = new Set([
  "if",
  "while",
  "begin",
  "declare",
  "else",
  "elsif",
  "elseif",
  "for",
  "loop",
  "exception",
  "when",
]);
/** Commands of psql and mysql that send what stands before them, or drop it. */
const ENDS_STATEMENT = /^\\(?:g|crosstabview|watch|r(?:eset)?\b|parse|close|sendpipeline|c(?:onnect)?\b)/i;
const OPENERS = new Set(["then", "else", "begin", "loop"]);
const STARTERS = new Set([
  "alter",
  "create",
  "delete",
  "drop",
  "exec",
  "execute",
  "grant",
  "if",
  "insert",
  "merge",
  "truncate",
  "update",
]);
/** Words after which one of STARTERS does not begin a statement. */
const GOES_ON = new Set(["on", "for", "then", "after", "before", "of", "or", ",", "as", "no", "with"]);

export class Splitter {
  readonly pieces: Piece[] = [];
  readonly #text: string;
  readonly #dialect: Dialect;
  #tokens: Token[] = [];
  #words = "";
  #routine = false;
  /** Open parentheses, and open BEGIN and CASE inside of a routine. */
  #parentheses = 0;
  #depth = 0;
  #previous = "";
  #delimiter = ";";
  #down = false;
  #held = false;

  constructor(text: string, dialect: Dialect) {
    this.#text = text;
    this.#dialect = dialect;
  }

  /** Throws a sentence where something has no end; what came before it is in `pieces`. */
  split(): readonly Piece[] {
    const text = this.#text;
    let lineStart = true;
    for (let at = 0; at < text.length; ) {
      const jump: number | undefined = lineStart ? this.#line(at) : undefined;
      const delimiter = jump === undefined && !this.#held ? this.#delimiterAt(at) : 0;
      if (jump !== undefined || delimiter > 0) {
        at = jump ?? this.#end(at + delimiter);
        lineStart = jump !== undefined;
        continue;
      }
      const token = this.#cut(tokenAt(text, at, this.#dialect, { lineStart, begins: this.#tokens.length === 0 }));
      at = token.end;
      this.#take(token, lineStart);
      lineStart = token.kind === "space" && (lineStart || token.text.includes("\n"));
    }
    if (this.#depth > 0 || this.#held) throw new Error("a block that begins in it has no end");
    this.#flush();
    return this.pieces;
  }

  /** How long the delimiter here is. A semicolon ends a statement under any other delimiter too, but for routines. */
  #delimiterAt(at: number): number {
    if (this.#delimiter !== ";" && this.#text.startsWith(this.#delimiter, at)) return this.#delimiter.length;
    return this.#text[at] === ";" && this.#depth === 0 ? 1 : 0;
  }

  /** `END$$` is a word and a delimiter. */
  #cut(token: Token): Token {
    const length = token.kind === "word" && this.#delimiter !== ";" ? token.text.indexOf(this.#delimiter) : -1;
    return length > 0 ? { ...token, text: token.text.slice(0, length), end: token.start + length } : token;
  }

  /** Lines with a meaning of their own; where to go on, or undefined. */
  #line(at: number): number | undefined {
    const end = this.#text.indexOf("\n", at);
    const line = this.#text.slice(at, end < 0 ? undefined : end).trim();
    const next = end < 0 ? this.#text.length : end + 1;
    const dialect = this.#dialect;
    const delimiter = /^delimiter\s+(\S+)$/i.exec(line)?.[1];
    if (delimiter !== undefined && this.#tokens.length === 0) {
      this.#delimiter = delimiter;
      return next;
    }
    const separates =
      (/^go(?:\s+\d+)?$/i.test(line) && (dialect === "mssql" || dialect === "unknown")) ||
      (line === "/" && (dialect === "oracle" || dialect === "unknown"));
    if (!separates) return undefined;
    this.#flush();
    return next;
  }

  #take(token: Token, lineStart: boolean): void {
    if (token.kind === "space" || token.kind === "comment") return;
    if (token.kind === "note") {
      this.#note(token.text);
      return;
    }
    if (token.kind === "command") {
      if (token.text === "\\\\") return;
      if (ENDS_STATEMENT.test(token.text)) this.#flush();
      this.pieces.push({ tokens: [token], down: this.#down });
      return;
    }
    if (token.kind === "word") {
      this.#word(token, lineStart);
      return;
    }
    if (token.text === "(") this.#parentheses += 1;
    if (token.text === ")") this.#parentheses = Math.max(0, this.#parentheses - 1);
    this.#add(token, token.kind === "symbol" ? token.text : "x");
  }

  #word(token: Token, lineStart: boolean): void {
    const word = token.text.toLowerCase();
    const first = this.#tokens[0]?.text.toLowerCase() ?? "";
    if (this.#routine) this.#count(word);
    else if (this.#parentheses === 0 && this.#tokens.length > 0) {
      const block = CONTROL.has(first) && !(first === "begin" && TRANSACTION.test(word));
      const starts = STARTERS.has(word) && !GOES_ON.has(this.#previous);
      if (block && OPENERS.has(word)) {
        this.#flush();
        return;
      }
      if (block && (starts || first === "begin" || first === "else")) this.#flush();
      else if (this.#dialect === "mssql" && lineStart && starts && !this.#continues(first, word)) this.#flush();
    }
    this.#add(token, word);
    if (!this.#routine && ROUTINE.test(this.#words)) this.#routine = true;
  }

  /** BEGIN and CASE open, END closes; END IF and the like close what was not counted. */
  #count(word: string): void {
    // PostgreSQL keeps bodies in strings, but for BEGIN ATOMIC; elsewhere these words may be names there.
    if (this.#dialect === "postgres" && this.#depth === 0) {
      if (word === "atomic" && this.#previous === "begin") this.#depth = 1;
      return;
    }
    if (this.#previous === "end" && /^(?:if|loop|while|repeat|for)$/.test(word)) this.#depth += 1;
    else if (word === "begin" || (word === "case" && this.#previous !== "end")) this.#depth += 1;
    else if (word === "end") this.#depth = Math.max(0, this.#depth - 1);
  }

  /** T-SQL needs no delimiter, yet some statements go on with such a word on the next line. */
  #continues(first: string, word: string): boolean {
    if (word === "if") return first === "drop" || first === "create";
    if (first === "alter") return word === "alter" || word === "drop";
    return first === "merge" || first === "with" || first === "grant" || first === "deny" || first === "revoke";
  }

  #note(note: string): void {
    if (/begin$/.test(note)) this.#held = true;
    else if (/statementend$/.test(note)) {
      this.#held = false;
      this.#flush();
    } else {
      this.#flush();
      this.#down = /down$|undo$/.test(note);
    }
  }

  #add(token: Token, word: string): void {
    this.#tokens.push(token);
    this.#previous = word;
    if (this.#words.length < 400) this.#words += this.#words === "" ? word : ` ${word}`;
  }

  /** After a delimiter; skips the data that belongs to COPY … FROM STDIN. */
  #end(next: number): number {
    const data = /^copy .* from stdin\b/.test(this.#words);
    this.#flush();
    if (!data) return next;
    const end = /^\\\.[ \t\r]*$/m.exec(this.#text.slice(next));
    if (!end) throw new Error(`the data that begins on line ${lineOf(this.#text, next)} has no end`);
    return next + end.index + end[0].length;
  }

  #flush(): void {
    if (this.#tokens.length > 0) this.pieces.push({ tokens: this.#tokens, down: this.#down });
    this.#tokens = [];
    this.#words = "";
    this.#previous = "";
    this.#routine = false;
    this.#parentheses = 0;
    this.#depth = 0;
  }
}
