/**
 * Manifests inside of documents: objects in objects (templates of other tools, lists of another name) and texts (patches,
 * config maps that are applied). Each becomes a document of its own, with the lines of the place where it stands.
 */
import type { Json, JsonObject } from "../../schema/index.ts";
import { assertBounded } from "./bounds.ts";
import type { ParsedDocument } from "./document.ts";
import { escapePointer } from "./json-lines.ts";
import { isManifest } from "./recognize.ts";

/** A document that stands in another one, at `embedded`, a JSON pointer. */
export interface EmbeddedDocument extends ParsedDocument {
  readonly embedded: string;
  /** Why a text that begins as a manifest could not be read. */
  readonly unreadable?: string;
}

const MAX_EMBEDDED = 1000;
const MAX_NESTED = 4;
/** What a later tool fills in, so that what is left can be read: whole lines of control go, values become a word. */
const CONTROL = /^[ \t]*\{\{[^\n]*\}\}[ \t]*$/gm;
const FILLED_IN = /\{\{[^{}\n]*\}\}/g;

/** Of all documents of a file. Throws a sentence where there are too many. */
export async function embeddedIn(documents: readonly ParsedDocument[]): Promise<readonly EmbeddedDocument[]> {
  const found: EmbeddedDocument[] = [];
  const take = (document: EmbeddedDocument): void => {
    if (found.length >= MAX_EMBEDDED) throw new Error(`it holds more than ${MAX_EMBEDDED} manifests inside of others`);
    found.push(document);
  };
  const search = async (document: ParsedDocument, prefix: string, depth: number): Promise<void> => {
    if (!isObject(document.value) || typeof document.value["kind"] !== "string") return;
    const lines = new LinesOf(document);
    const stack: { readonly value: Json; readonly pointer: string; readonly listed: boolean }[] = [
      { value: document.value, pointer: "", listed: true },
    ];
    for (let item = stack.pop(); item; item = stack.pop()) {
      const { value, pointer, listed } = item;
      if (typeof value === "string") {
        if (depth < MAX_NESTED && isManifest(value))
          for (const inner of await read(value, lineAt(document, pointer), `${prefix}${pointer}`)) {
            take(inner);
            if (inner.unreadable === undefined) await search(inner, inner.embedded, depth + 1);
          }
        continue;
      }
      if (typeof value !== "object" || value === null) continue;
      if (!listed && isWhole(value))
        take({
          value,
          lines: { "": lineAt(document, pointer), ...lines.below(pointer) },
          embedded: `${prefix}${pointer}`,
        });
      // What a list holds is found by whoever knows lists.
      const items = listed && isObject(value) && Array.isArray(value["items"]) ? value["items"] : undefined;
      for (const [key, inner] of Object.entries(value))
        stack.push({
          value: inner,
          pointer: `${pointer}/${escapePointer(key)}`,
          listed: inner === items || (listed && Array.isArray(value)),
        });
    }
  };
  for (const document of documents) await search(document, "", 0);
  return found;
}

async function read(text: string, line: number, embedded: string): Promise<readonly EmbeddedDocument[]> {
  const { parseYaml } = await import("./yaml.ts");
  try {
    const parsed = parseYaml(text.replace(CONTROL, "").replace(FILLED_IN, "x"), "1.1", false);
    assertBounded(parsed.map(({ value }) => value));
    return parsed.map(({ value }) => ({ value, lines: { "": line }, embedded }));
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error);
    return [
      { value: null, lines: { "": line }, embedded, unreadable: sentence.split("\n", 1)[0]?.slice(0, 300) ?? "" },
    ];
  }
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of its own and no reference to one. */
function isWhole(value: Json): boolean {
  if (!isObject(value) || typeof value["apiVersion"] !== "string" || typeof value["kind"] !== "string") return false;
  return isObject(value["metadata"] ?? null) || isObject(value["spec"] ?? null);
}

function lineAt({ lines }: ParsedDocument, pointer: string): number {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const line = lines[at];
    if (line !== undefined) return line;
  }
  return lines[""] ?? 1;
}

/** Lines by pointer in the order of the text, so that what lies below one stands together. */
class LinesOf {
  readonly #all: readonly (readonly [string, number])[];
  readonly #at: ReadonlyMap<string, number>;

  constructor({ lines }: ParsedDocument) {
    this.#all = Object.entries(lines);
    this.#at = new Map(this.#all.map(([pointer], index) => [pointer, index]));
  }

  below(pointer: string): Record<string, number> {
    const found: [string, number][] = [];
    for (let index = (this.#at.get(pointer) ?? this.#all.length) + 1; ; index += 1) {
      const [at, line] = this.#all[index] ?? [];
      if (at === undefined || line === undefined || !at.startsWith(`${pointer}/`)) return Object.fromEntries(found);
      found.push([at.slice(pointer.length), line]);
    }
  }
}
