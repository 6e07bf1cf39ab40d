/**
 * Names of artifacts and of their body files: one path component that every file system and every screen shows alike.
 * Control characters and those that reorder text are refused, since people approve what they read.
 */

const LONGEST_BYTES = 255;
const UNSHOWABLE = /[\p{Cc}\p{Surrogate}\u2028-\u202e\u2066-\u2069]/u;

/** Why `name` cannot name an artifact or a body file; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "its name is empty";
  if (name.startsWith(".")) return "its name begins with a dot";
  if (name.includes("/")) return "its name holds a slash";
  if (UNSHOWABLE.test(name)) return "its name holds control characters or text-direction marks";
  const bytes = Buffer.byteLength(name);
  if (bytes > LONGEST_BYTES) return `its name has ${bytes} bytes, more than ${LONGEST_BYTES}`;
  return undefined;
}

/** Two names with the same fold are one file on file systems that ignore case or normalise Unicode. */
export function foldName(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}

/** The first two names that fold alike, if any. */
export function findCollision(names: Iterable<string>): readonly [string, string] | undefined {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldName(name);
    const other = seen.get(folded);
    if (other !== undefined) return [other, name];
    seen.set(folded, name);
  }
  return undefined;
}
