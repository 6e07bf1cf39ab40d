/** Questions about paths that the mount plan asks; symbolic links are resolved because mounts go by real directories. */
import { existsSync, realpathSync } from "node:fs";
import path from "node:path";

/** True when `inner` is `outer` or lies below it. Both absolute and normalised. */
export function contains(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer === "/" ? "/" : `${outer}/`);
}

/** `file` with the links of its longest existing part resolved. */
export function realPath(file: string): string {
  const absolute = path.resolve(file);
  try {
    return realpathSync.native(absolute);
  } catch {
    const parent = path.dirname(absolute);
    return parent === absolute ? absolute : path.join(realPath(parent), path.basename(absolute));
  }
}

/** The real paths of those `files` that exist, each once. */
export function existing(files: readonly string[]): string[] {
  return [...new Set(files.filter((file) => path.isAbsolute(file) && existsSync(file)).map(realPath))];
}

/** Number of segments: 0 for the root. */
export function depth(file: string): number {
  return file === "/" ? 0 : file.split("/").length - 1;
}
