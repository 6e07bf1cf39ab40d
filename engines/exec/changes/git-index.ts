/**
 * Git's index holds, besides what is staged, times and inode numbers that any `git status` refreshes. This reads the index
 * far enough to tell whether what is staged is the same, and which paths are tracked.
 */

const FIXED = 40;
const EXTENDED = 0x4000;

/** Mode, object id, flags and path of every entry as one string each, in index order. Undefined when it cannot be read. */
export function indexEntries(bytes: Buffer): string[] | undefined {
  return readEntries(bytes, 20) ?? readEntries(bytes, 32);
}

/** The path of an entry of `indexEntries`. */
export function indexedPath(entry: string): string {
  return entry.slice(entry.indexOf("\0") + 1);
}

/** True when both stage exactly the same. */
export function sameIndex(before: Buffer, after: Buffer): boolean {
  const old = indexEntries(before);
  const now = indexEntries(after);
  return (
    old !== undefined && now !== undefined && old.length === now.length && old.every((entry, at) => entry === now[at])
  );
}

function readEntries(bytes: Buffer, hashLength: number): string[] | undefined {
  if (bytes.length < 12 + hashLength || bytes.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > 4) return undefined;
  const entries: string[] = [];
  const end = bytes.length - hashLength;
  let at = 12;
  let previous = "";
  for (let left = bytes.readUInt32BE(8); left > 0; left--) {
    const flagsAt = at + FIXED + hashLength;
    if (flagsAt + 2 > end) return undefined;
    const extended = (bytes.readUInt16BE(flagsAt) & EXTENDED) !== 0;
    let nameAt = flagsAt + (extended ? 4 : 2);
    let kept = "";
    if (version === 4) {
      const strip = offsetNumber(bytes, nameAt);
      nameAt = strip.next;
      kept = previous.slice(0, previous.length - strip.value);
    }
    const nul = bytes.indexOf(0, nameAt);
    if (nul === -1 || nul >= end) return undefined;
    previous = kept + bytes.toString("latin1", nameAt, nul);
    const mode = bytes.toString("hex", at + 24, at + 28);
    entries.push(`${mode}${bytes.toString("hex", at + FIXED, nameAt)}\0${previous}`);
    at = version === 4 ? nul + 1 : at + Math.ceil((nul - at + 1) / 8) * 8;
  }
  return hasOnlyKnownExtensions(bytes, at, end) ? entries : undefined;
}

/** Extensions that begin with a capital may be ignored by definition; others (a split index) change what is staged. */
function hasOnlyKnownExtensions(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at < end) {
    const first = bytes[at] ?? 0;
    if (first < 0x41 || first > 0x5a || at + 8 > end) return false;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return at === end;
}

/** Git's variable-length offset: seven bits a byte, each continuation adds one. */
function offsetNumber(bytes: Buffer, from: number): { value: number; next: number } {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 127;
  while ((byte & 128) !== 0 && at < bytes.length) {
    byte = bytes[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 127);
  }
  return { value, next: at };
}
