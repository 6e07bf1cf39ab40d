/**
 * Text to documents. What is parsed is hostile: every limit that is reached, and everything a parser objects to, gives a
 * sentence and no document at all.
 */
import type { Json } from "../../schema/index.ts";
import { assertBounded } from "./bounds.ts";
import type { ParsedDocument } from "./document.ts";
import { type Format, formatOf } from "./format.ts";
import { jsonLines } from "./json-lines.ts";

export interface ParseOptions {
  readonly parser: "auto" | Format;
  readonly yaml: "1.1" | "1.2";
  /** False: nobody asks for them. */
  readonly lines: boolean;
}

/** More text of one file is never parsed: the same bound that sealed text has. */
const MAX_TEXT = 1024 * 1024;
const MAX_STATEMENTS = 50_000;

/** Parses the text of one file. Text in no known format is one document, the text itself. */
export async function parseText(
  path: string,
  text: string,
  { parser, yaml, lines }: ParseOptions,
): Promise<{ readonly documents: readonly ParsedDocument[] } | { readonly unreadable: string }> {
  const format = parser === "auto" ? formatOf(path) : parser;
  if (format === "text") return { documents: [{ value: text, lines: { "": 1 } }] };
  try {
    if (text.length > MAX_TEXT) throw new Error("it is larger than 1 MiB");
    const documents = await parseFormat(format, text.replace(/^\uFEFF/, ""), yaml, lines);
    assertBounded(documents.map(({ value }) => value));
    return { documents };
  } catch (error) {
    return { unreadable: `it cannot be read as ${format.toUpperCase()}: ${sentenceOf(error)}` };
  }
}

async function parseFormat(
  format: Exclude<Format, "text">,
  text: string,
  version: "1.1" | "1.2",
  lines: boolean,
): Promise<ParsedDocument[]> {
  if (format === "json") {
    const value = JSON.parse(text) as Json;
    assertBounded(value); // before anything walks through it
    const found = jsonLines(text); // also where nobody asks for lines: it objects to repeated keys
    return [{ value, lines: lines ? found : {} }];
  }
  if (format === "yaml") {
    const { parseYaml } = await import("./yaml.ts");
    return parseYaml(text, version, lines);
  }
  if (format === "sql") {
    const { parseSql } = await import("./sql/statements.ts");
    const statements = parseSql(text);
    if (statements.length > MAX_STATEMENTS) throw new Error(`it holds more than ${MAX_STATEMENTS} statements`);
    return statements.map((value) => ({ value: { ...value }, lines: { "": value.line } }));
  }
  const { parse } = await import("smol-toml");
  return [{ value: parse(text) as unknown as Json, lines: { "": 1 } }];
}

function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n", 1)[0] ?? "").slice(0, 300);
}
