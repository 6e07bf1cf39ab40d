import { execFileSync } from "node:child_process";
import path from "node:path";

/** Programs run as their own processes, so the suite tests the bundles a user gets: built once, before everything. */
export default function setup(): void {
  if (process.env["CABINCREW_TEST_NO_BUILD"]) return;
  execFileSync(process.execPath, [path.join(import.meta.dirname, "..", "bin", "build.mjs")], { stdio: "inherit" });
}
