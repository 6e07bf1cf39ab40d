import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/**
 * Programs run as their own processes, so the suite tests the bundles a user gets: built once, before everything. What tests make in
 * the temporary directory is in one directory of the suite's own, which goes with its end.
 */
export default function setup(): () => void {
  if (!process.env["CABINCREW_TEST_NO_BUILD"])
    execFileSync(process.execPath, [path.join(import.meta.dirname, "..", "bin", "build.mjs")], { stdio: "inherit" });
  const temporary = mkdtempSync(path.join(tmpdir(), "cabincrew-tests-"));
  process.env["TMPDIR"] = temporary;
  const memory = inMemory();
  process.env["CABINCREW_TEST_MEMORY"] = memory ?? temporary;
  const places = memory === undefined ? [temporary] : [temporary, memory];
  // As /tmp is: some tests become another user.
  for (const place of places) chmodSync(place, 0o1777);
  return () => {
    for (const place of places) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
  };
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
