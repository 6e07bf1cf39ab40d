/**
 * Paths as latin1 strings, one character for one byte: file names are bytes, not UTF-8, and such strings sort in byte order.
 * They become real paths only in calls to the file system, through `bytesOf`.
 */

/** A path whose characters are its bytes. */
export type BytePath = string;

export function bytesOf(path: BytePath): Buffer {
  return Buffer.from(path, "latin1");
}

/** An ordinary JavaScript path as bytes. */
export function bytePath(path: string): BytePath {
  return Buffer.from(path).toString("latin1");
}

export function joinBytes(parent: BytePath, name: BytePath): BytePath {
  return parent === "" ? name : `${parent}/${name}`;
}

export function parentOf(path: BytePath): BytePath {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}

export function baseOf(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function compareBytes(a: BytePath, b: BytePath): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
