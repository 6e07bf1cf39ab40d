/** The `data` document of a pack with what governance overrides: objects key by key at every depth, all else replaced. */
import { isJsonObject, type JsonObject } from "../schema/index.ts";

export function mergeData(base: JsonObject, override: JsonObject): JsonObject {
  // Entries, not assignment: `__proto__` in a document is a key like any other.
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(override)) {
    const below = merged.get(key);
    merged.set(key, isJsonObject(below) && isJsonObject(value) ? mergeData(below, value) : value);
  }
  return Object.fromEntries(merged);
}
