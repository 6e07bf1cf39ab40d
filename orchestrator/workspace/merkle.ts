/** Folds a walked tree into its hash (spec/workspace-hash.md, W4 to W6). */
import { sha256Bytes } from "./hash-file.ts";
import { type Directory, joinPath, KIND, namesOf } from "./tree.ts";

const DOMAIN = Buffer.from("cabincrew.workspace/1\n");
const RECORD_BYTES = 1 + 4 + 32;

/** The workspace hash in hex; fills in the digests of directories. Children come after their parents in `directories`. */
export function foldTree(directories: readonly Directory[]): string {
  const digestOf = new Map<string, Uint8Array>();
  let scratch = Buffer.allocUnsafe(1 << 16);
  for (let i = directories.length - 1; i >= 0; i--) {
    const directory = directories[i];
    if (!directory) continue;
    const needed = directory.count * RECORD_BYTES + directory.names.length;
    if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed * 2);
    const names = namesOf(directory);
    const { digests, kinds } = directory;
    let at = 0;
    for (let entry = 0; entry < directory.count; entry++) {
      const name = names[entry] ?? "";
      const kind = kinds[entry] ?? 0;
      if (kind === KIND.directory) {
        const child = digestOf.get(joinPath(directory.path, name));
        if (child) digests.set(child, entry * 32);
      }
      // Byte by byte: of so few, a call for each part costs more than the part.
      const { length } = name;
      scratch[at] = kind;
      scratch[at + 1] = length >>> 24;
      scratch[at + 2] = length >>> 16;
      scratch[at + 3] = length >>> 8;
      scratch[at + 4] = length;
      at += 5;
      for (let i = 0; i < length; i++) scratch[at + i] = name.charCodeAt(i);
      at += length;
      for (let i = 0; i < 32; i++) scratch[at + i] = digests[entry * 32 + i] ?? 0;
      at += 32;
    }
    digestOf.set(directory.path, sha256Bytes(scratch.subarray(0, at)));
  }
  const root = digestOf.get("") ?? new Uint8Array(32);
  return Buffer.from(sha256Bytes(Buffer.concat([DOMAIN, root]))).toString("hex");
}
