/**
 * The files of a bundle: a gzip-compressed tar archive, read in memory and never unpacked to disk. Whatever is not a plain file of
 * bounded size under a plain relative name is refused, since no honest bundle holds it.
 */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { extract } from "tar-stream";
import { invalid, MAX_WASM_BYTES } from "../pack-files.ts";

const unzip = promisify(gunzip);
const MAX_UNPACKED_BYTES = 2 * MAX_WASM_BYTES;
const MAX_ENTRIES = 10_000;

/** Files by name, without the `/` that OPA puts before it. Throws `governance_invalid` with `bundle_invalid`. */
export async function readArchive(bytes: Buffer, what: string): Promise<ReadonlyMap<string, Buffer>> {
  const refuse = (sentence: string) => invalid("bundle_invalid", `${what} ${sentence}`);
  let unpacked: Buffer;
  try {
    unpacked = await unzip(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw refuse(large ? `unpacks to more than ${MAX_UNPACKED_BYTES} bytes` : "is not a gzip-compressed archive");
  }
  const files = new Map<string, Buffer>();
  const archive = extract();
  archive.end(unpacked);
  let entries = 0;
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      entries += 1;
      if (entries > MAX_ENTRIES) throw refuse(`holds more than ${MAX_ENTRIES} entries`);
      const plain = plainName(name);
      if (plain === undefined) throw refuse(`holds ${JSON.stringify(name.slice(0, 200))}, which is no plain name`);
      if (type !== "file" && type !== "directory") throw refuse(`holds ${plain}, which is a ${type}`);
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (type === "directory") continue;
      if (files.has(plain)) throw refuse(`holds ${plain} twice`);
      files.set(plain, Buffer.concat(chunks));
    }
  } catch (error) {
    if (error instanceof Error && error.name === "CabincrewError") throw error;
    throw refuse(`is not a tar archive that can be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return files;
}

/** Undefined for names that lead elsewhere or that look like another one. */
function plainName(name: string): string | undefined {
  const plain = name.replace(/^(?:\.?\/)/, "").replace(/\/$/, "");
  if (plain === "" || plain === ".") return name === "/" || name === "./" || name === "." ? "." : undefined;
  const parts = plain.split("/");
  const odd = parts.some((part) => part === "" || part === "." || part === ".." || /[\\\x00-\x1f\x7f]/.test(part));
  return odd ? undefined : plain;
}
