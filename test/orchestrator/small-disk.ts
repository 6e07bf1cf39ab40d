/** Small file systems in memory, which fill up. Only who may mount can make them: elsewhere what needs one is reported as skipped. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Mounts one of `size` ("1m") at an empty directory; false where that is not possible. */
export function mountSmallDisk(size: string, directory: string): boolean {
  return spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", directory]).status === 0;
}

export function unmountSmallDisk(directory: string): void {
  spawnSync("umount", [directory]);
}

/** Tried for real. */
export function canMountSmallDisk(): boolean {
  const directory = mkdtempSync(path.join(tmpdir(), "cabincrew-small-disk-"));
  const works = mountSmallDisk("1m", directory);
  if (works) unmountSmallDisk(directory);
  rmSync(directory, { recursive: true });
  return works;
}
