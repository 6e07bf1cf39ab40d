/** YAML documents with their lines. The library is the one of the configuration files; it is loaded only for YAML. */
import {
  type CollectionTag,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
} from "yaml";
import type { Json } from "../../schema/index.ts";
import type { ParsedDocument } from "./document.ts";
import { escapePointer, type Lines } from "./json-lines.ts";
import { assertReadAlike } from "./yaml-alike.ts";

const MAX_DOCUMENTS = 10_000;
/** How many nodes all aliases of one document may stand for: what Kubernetes and Compose files use lies far below. */
const MAX_ALIASES = 1000;
const MAX_DEPTH = 128;
/** YAML 1.1 ends a line there, and with it a comment; YAML 1.2 and the library used here do not. */
const STRANGE_LINE_END = /\r(?!\n)|[\u0085\u2028\u2029]/;

/** Throws when anything is wrong with the text; a document without content is null. */
export function parseYaml(text: string, version: "1.1" | "1.2", lines: boolean): ParsedDocument[] {
  const counter = new LineCounter();
  const ending = STRANGE_LINE_END.exec(text);
  if (ending) throw new Error(`some readers begin a new line at a character on line ${lineAt(text, ending.index)}`);
  const parsed = parseAllDocuments(text, {
    version,
    merge: true,
    lineCounter: counter,
    prettyErrors: false,
    logLevel: "silent",
    ...(version === "1.1" ? { customTags: likeGo } : {}),
  });
  if (parsed.length > MAX_DOCUMENTS) throw new Error(`it holds more than ${MAX_DOCUMENTS} documents`);
  if (parsed.length === 0) return [{ value: null, lines: { "": 1 } }];
  return (parsed as Document.Parsed[]).map((document) => {
    const error = document.errors[0];
    if (error) throw new Error(`${error.message} (line ${counter.linePos(error.pos[0]).line})`);
    assertReadAlike(document, version);
    return {
      value: document.toJS({ maxAliasCount: MAX_ALIASES }) as Json,
      lines: lines ? linesOf(document, counter) : {},
    };
  });
}

/** An octal number as YAML 1.2 writes it; Go's readers take it beside that of 1.1. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  default: true,
  test: /^[-+]?0o[0-7_]+$/,
  resolve: (text) => Number.parseInt(text.replace(/0o|_/g, ""), 8),
};

/**
 * The readers of Kubernetes and conftest know the booleans of YAML 1.1, yet neither its dates nor its base 60, and for them a
 * number has a digit before its exponent: `build: .` and the abbreviated commit `e5` are texts.
 */
function likeGo(tags: Tags): Tags {
  const unknown = /:(timestamp|binary|omap|pairs|set)$/;
  const known = tags.filter(
    (tag) => typeof tag === "string" || (tag.format !== "TIME" && !unknown.test(String(tag.tag))),
  );
  return [...known.map((tag) => (typeof tag === "object" && isFloat(tag) ? withDigits(tag) : tag)), OCTAL];
}

function isFloat(tag: CollectionTag | ScalarTag): tag is ScalarTag & { readonly test: RegExp } {
  return tag.tag.endsWith(":float") && tag.test instanceof RegExp && !tag.test.test(".nan");
}

function withDigits(tag: ScalarTag & { readonly test: RegExp }): ScalarTag {
  return { ...tag, test: new RegExp(`(?=[-+.]*[0-9])${tag.test.source}`) };
}

function linesOf(document: Document.Parsed, counter: LineCounter): Lines {
  const lines = new Map<string, number>();
  const lineOf = (node: unknown): number =>
    isNode(node) && node.range ? counter.linePos(node.range[0]).line : counter.linePos(document.range[0]).line;
  const walk = (node: unknown, pointer: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH}`);
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? escapePointer(nameOf(key.value)) : escapePointer(String(key));
        lines.set(`${pointer}/${name}`, lineOf(key));
        walk(value, `${pointer}/${name}`, depth + 1);
      }
    } else if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) {
        lines.set(`${pointer}/${index}`, lineOf(item));
        walk(item, `${pointer}/${index}`, depth + 1);
      }
    }
  };
  lines.set("", isAlias(document.contents) ? 1 : lineOf(document.contents));
  walk(document.contents, "", 0);
  return Object.fromEntries(lines);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** A key as it stands in the JSON object: null is the empty name. */
function nameOf(key: unknown): string {
  return key === null ? "" : String(key);
}
