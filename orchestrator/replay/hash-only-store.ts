import { sha256 } from "../../schema/index.ts";
import { type ContentStore, hashOnly } from "../content/index.ts";

/** A content store that keeps nothing new but small contents in memory, and reads what it does not have from `behind`. */
export function hashOnlyStore(behind: ContentStore): ContentStore {
  const kept = new Map<string, Buffer>();
  return {
    ...hashOnly,
    putFile: (file) => hashOnly.putFile(file),
    putMany: (contents) => hashOnly.putMany(contents),
    putBytes: async (bytes) => {
      const address = sha256(bytes);
      kept.set(address, Buffer.from(bytes));
      return { sha256: address, size: bytes.length };
    },
    has: async (address) => kept.has(address) || (await behind.has(address)),
    read: async (address, options) => kept.get(address) ?? (await behind.read(address, options)),
    openStream: (address) => behind.openStream(address),
    copyTo: (address, target, options) => behind.copyTo(address, target, options),
    verify: async (address) => kept.get(address)?.length ?? (await behind.verify(address)),
  };
}
