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
    const { buffer, byteOffset, length } = directory.digests;
    const digests = Buffer.from(buffer, byteOffset, length);
    let at = 0;
    for (let entry = 0; entry < directory.count; entry++) {
      const name = names[entry] ?? "";
      const kind = directory.kinds[entry] ?? 0;
      if (kind === KIND.directory) {
        const child = digestOf.get(joinPath(directory.path, name));
        if (child) directory.digests.set(child, entry * 32);
      }
      scratch[at] = kind;
      at = scratch.writeUInt32BE(name.length, at + 1);
      at += scratch.write(name, at, "latin1");
      at += digests.copy(scratch, at, entry * 32, entry * 32 + 32);
    }
    digestOf.set(directory.path, sha256Bytes(scratch.subarray(0, at)));
  }
  const root = digestOf.get("") ?? new Uint8Array(32);
  return Buffer.from(sha256Bytes(Buffer.concat([DOMAIN, root]))).toString("hex");
}
