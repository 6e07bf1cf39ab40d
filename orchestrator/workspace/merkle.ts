/** Folds a walked tree into its hash (spec/workspace-hash.md, W4 to W6). */
import { sha256Bytes } from "./hash-file.ts";
import { type Directory, joinPath, KIND, namesOf } from "./tree.ts";

const DOMAIN = Buffer.from("cabincrew.workspace/1\n");

/** The workspace hash in hex; fills in the digests of directories. Children come after their parents in `directories`. */
export function foldTree(directories: readonly Directory[]): string {
  const digestOf = new Map<string, Uint8Array>();
  for (let i = directories.length - 1; i >= 0; i--) {
    const directory = directories[i];
    if (!directory) continue;
    const names = namesOf(directory);
    const { digests, kinds } = directory;
    for (let at = kinds.indexOf(KIND.directory); at >= 0; at = kinds.indexOf(KIND.directory, at + 1)) {
      const child = digestOf.get(joinPath(directory.path, names[at] ?? ""));
      if (child) digests.set(child, at * 32);
    }
    digestOf.set(directory.path, sha256Bytes(Buffer.from(recordsOf(directory, names), "latin1")));
  }
  const root = digestOf.get("") ?? new Uint8Array(32);
  return Buffer.from(sha256Bytes(Buffer.concat([DOMAIN, root]))).toString("hex");
}

/** W4, one character per byte: of so many short parts, a string is put together quicker than bytes are. */
function recordsOf({ digests, kinds }: Directory, names: readonly string[]): string {
  const text = digests.toString("latin1");
  let records = "";
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? "";
    records += headOf(kinds[i] ?? 0, name.length) + name + text.slice(i * 32, i * 32 + 32);
  }
  return records;
}

function headOf(kind: number, length: number): string {
  return String.fromCharCode(kind, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
}
