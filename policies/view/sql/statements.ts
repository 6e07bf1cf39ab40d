/**
 * SQL text to statements in a form that rules can match without being fooled by comments, strings and quoted names.
 * Where the dialect decides what is code and the text does not tell the dialect for sure, statements that only another
 * reading finds are given as well: a rule would rather ask about one too many than miss one.
 */
import { type Body, bodiesOf, isText, plainText } from "./bodies.ts";
import { type Dialect, guessDialect } from "./dialect.ts";
import { type Piece, Splitter } from "./splitter.ts";
import { lineOf, type Token } from "./tokens.ts";

export interface Statement {
  /** Lower case, one blank between tokens, strings as '', comments gone; a quoted name that is a keyword as `_where_`. */
  readonly statement: string;
  /** The same with what stands in parentheses left out. */
  readonly top: string;
  /** 1-based, of its first token. */
  readonly line: number;
  readonly dialect: Dialect;
  readonly direction: "up" | "down";
  /** Where it stands: by itself, in a block that runs at once, in a routine, trigger or rule that runs later, or in a WITH. */
  readonly inside: "" | "do" | "routine" | "with";
  /** Of a statement in a block or routine: which one, by a number that statements of the same one share. */
  readonly block?: number;
  /** What strings of a statement that runs strings as code hold. */
  readonly code?: string;
}

const KEYWORDS =
  /^(?:add|all|alter|as|cascade|column|constraint|database|default|delete|disable|drop|execute|from|grant|index|key|lock|not|null|on|policy|public|rename|schema|security|set|table|to|truncate|type|unique|update|using|where)$/;
const RUNS_CODE =
  /^(?:exec|execute|prepare)\b|\bsp_executesql\b|^(?:select|perform) (?:dblink|cron\.schedule)\b|\bexecute (?:''|\w+ \()/;
/** What a block runs may have been put together before: `q := 'DROP TABLE a'; EXECUTE q`. */
const KEEPS_CODE =
  /^(?!(?:if|elsif|elseif|while|update|return) )(?:declare )?\w+ (?:[\w. ]+ )?(?:: = |= |default )|^(?:set|select) [@\w]+ (?:: )?= /;
const CHANGING = /\b(?:alter|delete|drop|grant|truncate|update)\b/i;
const DESTRUCTIVE =
  /^(?:\\|\.[a-z]|!|:|\(|alter|copy|delete|do|drop|exec|execute|explain|grant|lock|merge|prepare|pragma|set|truncate|update|vacuum|with)/;
/** What one dialect takes for a comment or escape and another does not. */
const AMBIGUOUS = /\\['"`]|#|\/\*(?:[^*]|\*(?!\/))*\/\*|\/\*M?!|--[^\s]|\r(?!\n)/;
const CHANGES = /^(?:delete|update|insert)$/i;
const ESCAPES = /\\['"]/;
/** Rows of data are not worth showing, nor cheap. */
const MAX_ROWS = 200;
const MAX_INSIDE = 100;
const MAX_NESTED = 6;
/** What a rule may have something to say of in a routine: most of what routines hold computes and answers. */
const TELLING =
  /^(?:alter|attach|cluster|copy|create|delete|drop|exec|execute|explain|grant|load|lock|merge|pragma|prepare|refresh|reindex|rename|set|truncate|update|vacuum|with)\b|\b(?:xp_cmdshell|outfile|dumpfile|lo_import|lo_export|pg_read_file|pg_read_binary_file|load_extension|sys_exec)\b/;
/** Behind one of these nobody knows whether a table is made. */
const CONDITION = /^(?:if|else|elsif|elseif|while|for|foreach|loop|case|when|exception|return|exit)\b/;
const MAKES_TABLE = /^create .*\btable\b/;

/** Throws a sentence where a string, comment or block has no end in any reading. */
export function parseSql(text: string): readonly Statement[] {
  const dialect = guessDialect(text);
  const first = readAs(text, dialect);
  if (first.mistake === undefined && !AMBIGUOUS.test(text)) return first.statements;
  const others = (["mysql", "postgres"] as const).filter((each) => each !== dialect).map((each) => readAs(text, each));
  // What one reading refuses another may hold for code; only escapes make a string end elsewhere without any mistake.
  const whole = [first, ...(ESCAPES.test(text) ? others : [])].find(({ mistake }) => mistake === undefined);
  if (!whole) throw first.mistake;
  const found = [...whole.statements];
  const known = new Set(found.map(({ statement }) => statement));
  for (const each of [first, ...others].flatMap(({ statements }) => statements)) {
    if (!DESTRUCTIVE.test(each.statement) || known.has(each.statement)) continue;
    known.add(each.statement);
    found.push(each);
  }
  return found;
}

interface Reading {
  /** As far as it could be read: a database runs what comes before the mistake. */
  readonly statements: readonly Statement[];
  readonly mistake?: unknown;
}

function readAs(text: string, dialect: Dialect): Reading {
  const splitter = new Splitter(text, dialect);
  const mistakes: unknown[] = [];
  const attempt = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      mistakes.push(error);
      return otherwise;
    }
  };
  const pieces = attempt(() => splitter.split(), splitter.pieces);
  const statements = attempt(() => statementsOf(pieces, text, dialect), []);
  return mistakes.length === 0 ? { statements } : { statements, mistake: mistakes[0] };
}

/** The block that statements stand in, and how deep. */
interface Place {
  /** Where the text begins in the file: its line, and its offset, which names the block. */
  readonly line: number;
  readonly offset: number;
  readonly inside: Statement["inside"];
  readonly depth: number;
}

const OUTSIDE: Place = { line: 1, offset: 0, inside: "", depth: 0 };

function statementsOf(pieces: readonly Piece[], text: string, dialect: Dialect, place = OUTSIDE): Statement[] {
  let [counted, at] = [place.line, 0];
  return pieces.flatMap(({ tokens, down }) => {
    const first = tokens[0];
    if (!first) return [];
    counted += lineOf(text.slice(at, first.start), Number.POSITIVE_INFINITY) - 1;
    at = first.start;
    const head: Head = {
      line: counted,
      dialect,
      direction: down ? "down" : "up",
      ...(place.inside === "" ? {} : { block: place.offset }),
    };
    const whole = statementOf(tokens, head, place.inside);
    const wrapped = unwrapped(tokens).map((rest) => statementOf(rest, head, place.inside));
    return [whole, ...wrapped, ...insideWith(whole, tokens, text, head), ...insideBodies(tokens, text, head, place)];
  });
}

type Head = Pick<Statement, "line" | "dialect" | "direction" | "block">;

function statementOf(tokens: readonly Token[], head: Head, inside: Statement["inside"]): Statement {
  const all = render(tokens);
  const rows = /^(?:insert|replace|values)\b/.test(all);
  const statement = rows ? all.slice(0, MAX_ROWS) : all;
  const texts = () => tokens.filter(isText).map(plainText).join(" ");
  const keeps = inside !== "" && KEEPS_CODE.test(all) && CHANGING.test(texts());
  const code = keeps || RUNS_CODE.test(all) ? { code: texts() } : {};
  return { statement, top: rows ? statement : render(outer(tokens)), ...head, inside, ...code };
}

/** What EXPLAIN ANALYZE, PREPARE … AS and parentheses around a whole statement run: the statement they are about. */
function unwrapped(tokens: readonly Token[]): (readonly Token[])[] {
  const words = tokens
    .slice(0, 40)
    .map(({ kind, text }) => (kind === "word" || kind === "symbol" ? text.toLowerCase() : ""));
  let at = words.findIndex((word) => word !== "(");
  if (words[at] === "explain") {
    const analyse = words.findIndex((word) => /^analy[sz]e$/.test(word));
    const verb = words.findIndex((word) => CHANGES.test(word) || word === "with");
    if (analyse < 0 || verb < analyse) return [];
    at = verb;
  } else if (words[at] === "prepare") at = words.indexOf("as") + 1;
  return at > 0 ? [tokens.slice(at)] : [];
}

/** WITH x AS (DELETE …), wherever such a list stands, and COPY (DELETE …): what changes data may stand in the parentheses. */
function insideWith(whole: Statement, tokens: readonly Token[], text: string, head: Head): Statement[] {
  const any = whole.statement.startsWith("with ");
  const begins = [...tokens.keys()].filter((index) => opensChange(tokens, index, any));
  if (begins.length > MAX_INSIDE) throw new Error(`the statement on line ${head.line} is nested too often`);
  return begins.flatMap((index) => {
    const next = tokens[index + 1];
    if (!next) return [];
    const rest = tokens.slice(index + 1);
    const line = head.line + lineOf(text.slice(tokens[0]?.start ?? 0, next.start), Number.POSITIVE_INFINITY) - 1;
    return [statementOf(rest.slice(0, closing(rest)), { ...head, line }, "with")];
  });
}

/** `any`: whatever stands before the parenthesis. */
function opensChange(tokens: readonly Token[], index: number, any: boolean): boolean {
  const [before, open, next] = [tokens[index - 1], tokens[index], tokens[index + 1]];
  if (open?.text !== "(" || next?.kind !== "word" || !CHANGES.test(next.text)) return false;
  return any || /^(?:as|materialized|copy)$/i.test(before?.text ?? "");
}

/** The bodies of blocks that run at once, and of what runs later: code and not strings. */
function insideBodies(tokens: readonly Token[], text: string, head: Head, place: Place): Statement[] {
  const bodies = bodiesOf(tokens, text);
  if (bodies.length > 0 && place.depth >= MAX_NESTED)
    throw new Error(`the block on line ${head.line} is nested too deep`);
  const start = tokens[0]?.start ?? 0;
  return bodies.flatMap((body: Body) => {
    const line = head.line + lineOf(text.slice(start, body.start), Number.POSITIVE_INFINITY) - 1;
    const inside = place.inside === "routine" ? "routine" : body.runs;
    const pieces = new Splitter(body.text, head.dialect).split();
    const found = statementsOf(pieces, body.text, head.dialect, {
      line,
      offset: place.offset + body.start + 1,
      inside,
      depth: place.depth + 1,
    });
    const told = inside === "routine" ? found.filter(tellingIn(found)) : found;
    return head.direction === "down" ? told.map((each) => ({ ...each, direction: head.direction })) : told;
  });
}

function tellingIn(found: readonly Statement[]): (statement: Statement) => boolean {
  const makesTable = found.some(({ statement }) => MAKES_TABLE.test(statement));
  return ({ statement, code }) =>
    code !== undefined || TELLING.test(statement) || (makesTable && CONDITION.test(statement));
}

function outer(tokens: readonly Token[]): Token[] {
  let depth = 0;
  return tokens.filter(({ kind, text }) => {
    if (kind === "symbol" && text === ")") depth = Math.max(0, depth - 1);
    const shown = depth === 0;
    if (kind === "symbol" && text === "(") depth += 1;
    return shown;
  });
}

/** The index of the parenthesis that closes what is open before the first token. */
function closing(tokens: readonly Token[]): number {
  let depth = 1;
  for (const [index, { kind, text }] of tokens.entries()) {
    if (kind !== "symbol") continue;
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

function render(tokens: readonly Token[]): string {
  const words = tokens.map(written);
  // Parts of one name belong together; a dot that begins something does not.
  return words.length === 1 ? (words[0] ?? "") : words.join(" ").replace(/(?<=\w) \. (?=\w)/g, ".");
}

function written({ kind, text }: Token): string {
  if (kind === "string" || kind === "dollar") return "''";
  if (kind === "command") return text.trim().slice(0, MAX_ROWS);
  if (kind !== "name") return text.toLowerCase();
  const name = text.toLowerCase().replace(/[^\p{L}\p{N}_]/gu, "_");
  return KEYWORDS.test(name) ? `_${name}_` : name || "_";
}
