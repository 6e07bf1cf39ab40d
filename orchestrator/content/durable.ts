/**
 * Makes written files survive a power cut. A few are flushed one by one; for many, one syncfs(2) of the whole file system is
 * some ten times cheaper than thousands of fsync(2), and is asked for through sync(1), because Node has no call for it.
 * Where that program is missing or refuses, every file is flushed by itself: slower, never weaker.
 */
import { closeSync, constants, fsync, fsyncSync, openSync } from "node:fs";
import { promisify } from "node:util";

const flush = promisify(fsync);

/** From this many files on, starting a process costs less than flushing one by one. */
const MANY = 64;
const CONCURRENCY = 8;

/** Flushes files or directories, all on the file system of the first. Throws the system's own error. */
export async function flushPaths(paths: readonly string[]): Promise<void> {
  const first = paths[0];
  if (first === undefined) return;
  if (paths.length >= MANY && (await flushFileSystem(first))) return;
  const rest = paths.values();
  const lane = async () => {
    for (const path of rest) {
      const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      try {
        await flush(fd);
      } finally {
        closeSync(fd);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
}

/** One directory alone gains nothing from a thread of its own; a file of any size would keep everything else waiting. */
export function flushDirectory(directory: string): void {
  const fd = openSync(directory, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whether syncfs(2) was done and reported no error. */
async function flushFileSystem(path: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { spawn } = await import("node:child_process");
  return new Promise((resolve) => {
    try {
      const child = spawn("sync", ["--file-system", path], { stdio: "ignore" });
      child.once("error", () => resolve(false));
      child.once("exit", (code) => resolve(code === 0));
    } catch {
      resolve(false); // what spawn tells by no event, such as ENOMEM
    }
  });
}
