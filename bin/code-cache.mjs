// Writes what makes dist/cli.cjs start fast: the text of --help, and V8's compiled form of the functions that typical
// commands use. Run by bin/build.mjs.
//   node bin/code-cache.mjs
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

const { BUNDLE, CACHE, HELP, compile, evaluate } = createRequire(import.meta.url)("./cabincrew.cjs");

const source = readFileSync(BUNDLE, "latin1");
const digest = source.trimEnd().slice(-64);
const script = compile(source, undefined);
const cli = evaluate(script);
const scratch = mkdtempSync(path.join(os.tmpdir(), "cabincrew-build-"));
let help = "";
await cli.main(["--help"], { stdout: { write: (text) => (help += text) }, stderr: process.stderr, env: {} });
replace(HELP, help);

const silent = { write: () => true, isTTY: false };
const surface = { stdout: silent, stderr: silent, env: {} };
const state = ["--state-dir", path.join(scratch, "state")];
// A workspace of its own, so that nothing of the machine is read; a command that fails here only leaves a smaller cache.
const workspace = mkdtempSync(path.join(scratch, "workspace-"));
process.env.XDG_CONFIG_HOME = scratch;
const write = process.stderr.write;
process.stderr.write = () => true;
try {
  for (const argv of [
    ["run", workspace, ...state, "--", process.execPath, "-e", "require('fs').writeFileSync('a', '1')"],
    ["list", ...state],
  ]) {
    await cli.main(argv, surface);
  }
} finally {
  process.stderr.write = write;
  rmSync(scratch, { recursive: true, force: true });
}
replace(CACHE, Buffer.concat([Buffer.from(digest, "latin1"), script.createCachedData()]));
process.exit(0);

function replace(file, contents) {
  writeFileSync(`${file}.${process.pid}.tmp`, contents);
  renameSync(`${file}.${process.pid}.tmp`, file);
}
