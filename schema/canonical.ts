import canonicalize from "canonicalize";
import { CabincrewError } from "./error.ts";

/**
 * Canonical JSON by RFC 8785 (JCS). Throws `internal` for what I-JSON cannot express: NaN, infinities, lone surrogates.
 * Keys whose value is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    const sorted = inOrder(value, 0);
    text = sorted === undefined ? canonicalize(value) : JSON.stringify(sorted);
  } catch (error) {
    throw new CabincrewError("internal", `Canonical JSON: ${(error as Error).message}`, { cause: error });
  }
  if (text === undefined) throw new CabincrewError("internal", "Canonical JSON: undefined has no canonical form");
  // JSON.stringify writes a lone surrogate as a \udXXX escape; a well-formed pair stands as itself.
  if (text.includes("\\ud") && hasLoneSurrogate(value)) {
    throw new CabincrewError("internal", "Canonical JSON: a string holds a lone surrogate (RFC 8785 section 3.2.2.2)");
  }
  return text;
}

/** Deeper values, and so those that contain themselves, are left to the library. */
const MAX_DEPTH = 200;

/**
 * The value with its keys in order, itself where they are: JSON.stringify, several times faster than the library, writes that as
 * RFC 8785 demands. Undefined for what is left to the library: anything but plain JSON, and keys like "10" and "9", whose
 * order JavaScript decides.
 */
function inOrder(value: unknown, depth: number): unknown {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "object" || depth > MAX_DEPTH) return undefined;
  return Array.isArray(value) ? itemsInOrder(value, depth + 1) : membersInOrder(value, depth + 1);
}

function itemsInOrder(items: readonly unknown[], depth: number): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    const sorted = inOrder(item, depth);
    if (sorted === undefined) return undefined;
    if (sorted !== item) {
      copy ??= items.slice();
      copy[index] = sorted;
    }
  }
  return copy ?? items;
}

function membersInOrder(value: object, depth: number): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== Object.prototype && prototype !== null) || "toJSON" in value) return undefined;
  const members = value as Readonly<Record<string, unknown>>;
  const keys = Object.keys(value);
  const sorted = areInOrder(keys);
  if (!sorted) keys.sort();
  let copy: Record<string, unknown> | undefined = sorted ? undefined : {};
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? "";
    const member = members[key];
    // What is undefined is left out, by JSON.stringify too.
    if (member === undefined) continue;
    const written = inOrder(member, depth);
    if (written === undefined) return undefined;
    if (written !== member && !copy) copy = pick(members, keys.slice(0, index));
    if (!copy) continue;
    // Set on an object, `__proto__` would not become a key.
    if (key === "__proto__") return undefined;
    copy[key] = written;
  }
  if (!copy) return value;
  return areInOrder(Object.keys(copy)) ? copy : undefined;
}

function pick(members: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, members[key]]));
}

function areInOrder(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index += 1) if ((keys[index - 1] ?? "") >= (keys[index] ?? "")) return false;
  return true;
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === "string") return /\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, member]) => hasLoneSurrogate(key) || hasLoneSurrogate(member));
}
