/**
 * Refuses YAML that its readers are known to read differently: whoever judges one reading has not judged the other. The parser
 * of Kubernetes lets a merge win over the keys before it, and knows no version but its own.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";

const MAX_DEPTH = 128;

/** Throws a sentence; `version` is the one that the text is read as. */
export function assertReadAlike(document: Document.Parsed, version: "1.1" | "1.2"): void {
  const { yaml } = document.directives ?? {};
  if (yaml?.explicit && yaml.version !== version)
    throw new Error(`it says that it is YAML ${yaml.version}, and is read as YAML ${version}`);
  assertNode(document.contents, document, 0);
}

function assertNode(node: unknown, document: Document, depth: number): void {
  if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH}`);
  if (isSeq(node)) for (const item of node.items) assertNode(item, document, depth + 1);
  if (!isMap(node)) return;
  const before = new Set<string>();
  for (const pair of node.items) {
    if (isMerge(pair)) assertMerge(pair.value, before, document);
    const name = isMerge(pair) ? "<<" : nameOf(pair.key, document);
    if (before.has(name)) throw new Error(`it repeats the key ${JSON.stringify(name.slice(0, 80))}`);
    before.add(name);
    assertNode(pair.value, document, depth + 1);
  }
}

/** What is merged must not hold a key that stands before the merge: it depends on the reader which of the two counts. */
function assertMerge(source: unknown, before: ReadonlySet<string>, document: Document): void {
  const clash = [...merged(source, document, 0)].find((name) => before.has(name));
  if (clash !== undefined)
    throw new Error(`it merges the key ${JSON.stringify(clash.slice(0, 80))} after giving it a value`);
}

function* merged(source: unknown, document: Document, depth: number): Generator<string> {
  if (depth > MAX_DEPTH) throw new Error("its merges are nested too deep");
  const node = isAlias(source) ? source.resolve(document) : source;
  if (isSeq(node)) for (const item of node.items) yield* merged(item, document, depth + 1);
  if (!isMap(node)) return;
  for (const pair of (node as YAMLMap).items) {
    if (isMerge(pair)) yield* merged(pair.value, document, depth + 1);
    else yield nameOf(pair.key, document);
  }
}

/** As the library tells one: a plain `<<`, whose value it makes a symbol. */
function isMerge({ key }: Pair): boolean {
  return isScalar(key) && (typeof key.value === "symbol" || (key.value === "<<" && key.type === "PLAIN"));
}

/** The name a key has once it is JSON, where `1`, `"1"` and an alias of either are the same. */
function nameOf(key: unknown, document: Document): string {
  const node = isAlias(key) ? key.resolve(document) : key;
  if (isScalar(node)) return node.value === null ? "" : String(node.value);
  return String(node);
}
