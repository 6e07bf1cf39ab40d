import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import path from "node:path";

/**
 * Programs run as their own processes, so the suite tests the bundles a user gets: built once, before everything. What tests make in
 * the temporary directory is in one directory of the suite's own, which goes with its end.
 */
export default function setup(): () => void {
  if (!process.env["CABINCREW_TEST_NO_BUILD"])
    execFileSync(process.execPath, [path.join(import.meta.dirname, "..", "bin", "build.mjs")], { stdio: "inherit" });
  const temporary = mkdtempSync(path.join(tmpdir(), "cabincrew-tests-"));
  const mounted = mountMemory(temporary);
  const memory = mounted ? temporary : inMemory();
  process.env["TMPDIR"] = temporary;
  process.env["CABINCREW_TEST_MEMORY"] = memory ?? temporary;
  const places = new Set([temporary, memory ?? temporary]);
  // As /tmp is: some tests become another user.
  for (const place of places) chmodSync(place, 0o1777);
  let left = false;
  const leave = () => {
    if (left) return;
    left = true;
    if (mounted) execFileSync("umount", ["--lazy", temporary]);
    for (const place of places) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  };
  // An interrupted run is not torn down, and memory that stays mounted stays taken.
  process.once("exit", leave);
  // vitest ends its processes, and then itself, at SIGINT and SIGTERM only; this one comes where a terminal is closed.
  process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"));
  return leave;
}

/**
 * Mounts a file system in memory where this may be done and memory is plenty: the tests make many thousand writes durable, which on a
 * disk is much of their time. What they show of the order of writes they show by the calls of the system, not by a disk.
 */
function mountMemory(place: string): boolean {
  if (process.platform !== "linux" || process.geteuid?.() !== 0 || freemem() < 4 * 2 ** 30) return false;
  return (
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=2g", "cabincrew-tests", place], { stdio: "ignore" }).status === 0
  );
}

/**
 * A directory of a file system in memory, for tests of the run loop: each run makes a dozen commits durable, and a disk takes longer
 * for these than the run takes. Undefined where there is none, or one as containers have it: of 64 MiB, without programs.
 */
function inMemory(): string | undefined {
  let directory: string | undefined;
  try {
    const { bsize, bavail } = statfsSync("/dev/shm");
    if (bsize * bavail < 1 << 30) return undefined;
    directory = mkdtempSync("/dev/shm/cabincrew-tests-");
    const program = path.join(directory, "program");
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    execFileSync(program);
    rmSync(program);
    return directory;
  } catch {
    if (directory !== undefined) rmSync(directory, { recursive: true });
    return undefined;
  }
}
