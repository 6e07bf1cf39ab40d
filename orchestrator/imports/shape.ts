/**
 * Checks whether what somebody else wrote has the shape of one of our types. Each check carries the type it is for, so the compiler
 * refuses a table that forgets a member, asks too much of one or calls it optional when it is not.
 */
import { isJsonObject } from "../../schema/index.ts";

/** What is wrong with `value`, as the end of a sentence that names `at`; undefined when it is a `T`. */
export interface Check<T> {
  (value: unknown, at: string): string | undefined;
  /** Never there: it ties the check to exactly `T`. */
  readonly for?: (value: T) => T;
}

/** A member that need not be there. */
export interface Optional<T> {
  readonly optional: Check<T>;
}

/** A check for each member: `Optional` for those that may be missing, and for no others. */
export type Members<T> = {
  readonly [Key in keyof T]-?: object extends Pick<T, Key> ? Optional<Required<T>[Key]> : Check<T[Key]>;
};

/** A value for which something holds. */
export function is<T>(holds: (value: unknown) => boolean, what: string): Check<T> {
  return (value, at) => (holds(value) ? undefined : `${at} is not ${what}`);
}

export const text = is<string>((value) => typeof value === "string", "a text");
export const flag = is<boolean>((value) => typeof value === "boolean", "true or false");
export const number = is<number>(Number.isFinite, "a number");
export const count = is<number>((value) => Number.isSafeInteger(value) && (value as number) >= 0, "a whole number");
export const sha256 = matching(/^[0-9a-f]{64}$/, "a SHA-256 in hex");

export const anything = is<unknown>(() => true, "anything");

/** A text of one form. */
export function matching<T extends string = string>(form: RegExp, what: string): Check<T> {
  return is<T>((value) => typeof value === "string" && form.test(value), what);
}

/** One of these texts. */
export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return is<T>((value) => values.includes(value as T), `one of ${values.join(", ")}`);
}

/** An object whose members nobody relies on. */
export function anyObject<T extends object>(): Check<T> {
  return is<T>(isJsonObject, "an object");
}

export function orNull<T>(check: Check<T>): Check<T | null> {
  return (value, at) => (value === null ? undefined : check(value, at));
}

export function optional<T>(check: Check<T>): Optional<T> {
  return { optional: check };
}

/** A list of any length; `L` where it is not a readonly one. */
export function list<T, L extends readonly T[] = readonly T[]>(check: Check<T>): Check<L> {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} is not a list`;
    for (const [index, item] of value.entries()) {
      const problem = check(item, `${at}[${index}]`);
      if (problem) return problem;
    }
    return undefined;
  };
}

/** An object with these members. Others are of no meaning, and are refused where `closed`. */
export function object<T extends object>(members: Members<T>, { closed = false } = {}): Check<T> {
  const checks = Object.entries(members as Readonly<Record<string, Check<unknown> | Optional<unknown>>>);
  return (value, at) => {
    if (!isJsonObject(value)) return `${at} is not an object`;
    for (const [key, check] of checks) {
      const present = Object.hasOwn(value, key);
      const inner = "optional" in check ? check.optional : check;
      if (!present && inner !== check) continue;
      const problem = present ? inner(value[key], `${at}.${key}`) : `${at} has no ${key}`;
      if (problem) return problem;
    }
    const unknown = closed ? Object.keys(value).find((key) => !Object.hasOwn(members, key)) : undefined;
    return unknown === undefined ? undefined : `${at} has the unknown member ${JSON.stringify(unknown.slice(0, 100))}`;
  };
}
