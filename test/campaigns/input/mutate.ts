/** Hostile variations of an honest input: of its bytes, and of the JSON value it holds. */
import type { Random } from "./random.ts";

/** What parsers are known to trip over. */
export const NASTY_TEXTS = [
  "",
  "\0",
  "\ufeff",
  "\u202e",
  "\ud800",
  "\\ud800",
  "../../etc/passwd",
  "/etc/passwd",
  "a".repeat(300),
  "__proto__",
  "constructor",
  "toString",
  "\r\n",
  "\x1b[2J",
  "{{jndi}}",
  "$(id)",
  "%00",
  "😀",
  "ed25519:",
  "null",
  "-",
  "--",
  ".",
  "..",
  "a/b",
  "1e999",
  "2026-01-01T00:00:00.000Z",
] as const;

const NASTY_BYTES = [
  ..."{}[]\",:\\/&*!|>-#%@`'\n\t\r\0",
  "\xff",
  "\xc0\xaf",
  "\xed\xa0\x80",
  "1e999",
  "-0",
  "0x10",
  "NaN",
  "<<: *a",
  "&a [*a]",
  "!!js/function",
  "---\n",
  "null",
  "true",
  '"__proto__":',
  "[".repeat(200),
];

const NASTY_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  -0,
  2 ** 53 + 2,
  [],
  {},
  [[]],
  { __proto__: null },
  ...NASTY_TEXTS,
];

/** A copy with one to four changes of its bytes. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.below(4); left > 0; left -= 1) result = changeBytes(result, random);
  return result;
}

function changeBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(random.chance(4) ? 200 : 8));
  const [before, middle, after] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random.below(7)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return Buffer.concat([before, after]);
    case 2:
      return Buffer.concat([before, middle, middle, after]);
    case 3:
      return Buffer.concat([before, Buffer.from(random.pick(NASTY_BYTES), "latin1"), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([before, Buffer.from(random.pick(NASTY_BYTES), "latin1"), after]);
    case 5:
      return Buffer.from(before);
    default:
      return Buffer.concat([before, Buffer.from([random.below(256)]), after]);
  }
}

/** A copy of a JSON value with one to three changes: a member replaced, removed, added, renamed or doubled. */
export function mutateJson(value: unknown, random: Random): unknown {
  let result = structuredClone(value);
  for (let left = 1 + random.below(3); left > 0; left -= 1) result = changeJson(result, random);
  return result;
}

function changeJson(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || random.chance(8))
    return structuredClone(random.pick(NASTY_VALUES));
  if (Array.isArray(value)) return changeArray(value, random);
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  const key = keys.length > 0 ? random.pick(keys) : "a";
  switch (random.below(6)) {
    case 0:
      delete object[key];
      return object;
    case 1:
      Object.defineProperty(object, random.pick([...NASTY_TEXTS, "x", key.toUpperCase()]), {
        value: structuredClone(random.pick(NASTY_VALUES)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
      return object;
    case 2: {
      const { [key]: moved, ...rest } = object;
      return { ...rest, [`${key}s`]: moved };
    }
    default:
      object[key] = changeJson(object[key], random);
      return object;
  }
}

function changeArray(items: unknown[], random: Random): unknown {
  const at = random.below(items.length);
  if (items.length === 0 || random.chance(4)) return [...items, structuredClone(random.pick(NASTY_VALUES))];
  if (random.chance(4)) return items.filter((_, index) => index !== at);
  if (random.chance(4)) return [...items, structuredClone(items[at])];
  return items.map((item, index) => (index === at ? changeJson(item, random) : item));
}
