/** The data document of a bundle: `data.json` and `data.yaml` at any depth, each under the path of its folder. */
import { isJsonObject, type Json, type JsonObject } from "../../schema/index.ts";
import { invalid, parseJson } from "../pack-files.ts";

const MAX_DATA_BYTES = 16 * 1024 * 1024;

/** Throws `governance_invalid` with `data_invalid` for data that contradict one another or lie outside of the roots. */
export async function bundleData(
  files: ReadonlyMap<string, Buffer>,
  roots: readonly string[],
  what: string,
): Promise<JsonObject> {
  let data: JsonObject = {};
  let size = 0;
  for (const [name, bytes] of files) {
    const folders = name.split("/");
    const base = folders.pop() ?? "";
    if (!/^data\.(?:json|ya?ml)$/.test(base)) continue;
    size += bytes.length;
    if (size > MAX_DATA_BYTES) throw invalid("data_invalid", `${what} holds more than ${MAX_DATA_BYTES} bytes of data`);
    const value = await parse(base, bytes, `${what}: ${name}`);
    const placed = folders.reduceRight<Json>((inner, folder) => Object.fromEntries([[folder, inner]]), value);
    if (!isJsonObject(placed)) throw invalid("data_invalid", `${what}: ${name} is not an object`);
    data = join(data, placed, `${what}: ${name}`);
  }
  assertRooted(data, "", roots, what);
  return data;
}

async function parse(base: string, bytes: Buffer, what: string): Promise<Json> {
  if (base === "data.json") return parseJson(bytes, "data_invalid", what) as Json;
  const { parseText } = await import("../view/parse.ts");
  const parsed = await parseText(base, bytes.toString("utf8"), { parser: "yaml", yaml: "1.1", lines: false });
  const [only, more] = "documents" in parsed ? parsed.documents : [];
  if (!only || more)
    throw invalid(
      "data_invalid",
      `${what}: ${"unreadable" in parsed ? parsed.unreadable : "it holds several documents"}`,
    );
  return only.value;
}

function join(base: JsonObject, other: JsonObject, what: string): JsonObject {
  const joined = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(other)) {
    const below = joined.get(key);
    if (below === undefined) joined.set(key, value);
    else if (isJsonObject(below) && isJsonObject(value)) joined.set(key, join(below, value, what));
    else throw invalid("data_invalid", `${what} says another thing of ${key} than the other data of the bundle`);
  }
  return Object.fromEntries(joined);
}

function assertRooted(value: Json, at: string, roots: readonly string[], what: string): void {
  if (roots.some((root) => isBelow(at, root))) return;
  if (isJsonObject(value) && (at === "" || roots.some((root) => isBelow(root, at)))) {
    for (const [key, inner] of Object.entries(value))
      assertRooted(inner, at === "" ? key : `${at}/${key}`, roots, what);
  } else throw invalid("bundle_invalid", `${what} has data at ${at}, which its manifest's roots do not allow`);
}

/** Whether a path is a root or lies under it; the empty root has everything under it. */
export function isBelow(at: string, root: string): boolean {
  return root === "" || at === root || at.startsWith(`${root}/`);
}
