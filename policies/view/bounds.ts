/** How large and deep a parsed document may be; aliases are counted as often as they are used. */
const MAX_DEPTH = 128;
/** Units: one for every value, and one for every character of a key or text. */
const MAX_SIZE = 8 * 1024 * 1024;

/** Throws a sentence when a document is too large, too deep, or holds what JSON has no word for. */
export function assertBounded(root: unknown): void {
  let size = 0;
  // A stack of its own: the depth of what is walked must not be the depth of the calls.
  const stack: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { value, depth } = item;
    size += 1;
    if (typeof value === "string") size += value.length;
    else if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`it holds the number ${value}`);
    else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
      if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH}`);
      for (const [key, inner] of Object.entries(value)) {
        size += key.length;
        stack.push({ value: inner, depth: depth + 1 });
      }
    } else if (typeof value !== "number" && typeof value !== "boolean" && value !== null && !(value instanceof Date))
      throw new Error(`it holds a ${typeof value}`);
    if (size + stack.length > MAX_SIZE) throw new Error("it is too large once its aliases are followed");
  }
}
