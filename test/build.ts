import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
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
  // As /tmp is: some tests become another user.
  chmodSync(temporary, 0o1777);
  process.env["TMPDIR"] = temporary;
  return () => rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
}
