import { spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { findBubblewrap } from "../../models/bubblewrap.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const LIBRARY = path.join(ROOT, "dist", "index.mjs");

/** Starts the model process before anything else and prints what the two have at descriptor 200; bubblewrap may have closed it already. */
const SCRIPT = `
  const { readFileSync, readlinkSync } = await import("node:fs");
  const { prepareRun } = await import(process.argv[1]);
  prepareRun(process.argv[2]);
  const [first] = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8").split(" ");
  const seen = (pid) => { try { return readlinkSync("/proc/" + pid + "/fd/200"); } catch { return "/dev/null"; } };
  console.log(JSON.stringify(["self", first].map(seen)));
  process.exit();
`;

it.runIf(process.platform === "linux").each(findBubblewrap() ? (["off", "required"] as const) : (["off"] as const))(
  "what the caller left open for its children is closed to the model process (sandbox %s)",
  (sandbox) => {
    const scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-models-"));
    const file = path.join(scratch, "left-open");
    const open = openSync(file, "a");
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--input-type=module", "-e", SCRIPT, LIBRARY, sandbox],
      // As `exec 200>lock` of a shell script; low ones Node closes itself.
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe", ...Array(197).fill("ignore"), open] },
    );
    closeSync(open);
    rmSync(scratch, { recursive: true });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([file, "/dev/null"]);
  },
);

it.runIf(findBubblewrap())("in its sandbox the process finds a runtime that was installed as a link", async () => {
  const installed = mkdtempSync(path.join(tmpdir(), "cabincrew-models-"));
  for (const folder of ["dist", "node_modules"]) mkdirSync(path.join(installed, folder));
  writeFileSync(path.join(installed, "package.json"), "{}");
  const programs = ["ahead.cjs", "models-child.cjs"].map((name) => path.join("dist", name));
  for (const program of programs) copyFileSync(path.join(ROOT, program), path.join(installed, program));
  const runtime = path.join("node_modules", "onnxruntime-node");
  symlinkSync(path.join(ROOT, runtime), path.join(installed, runtime));
  const begun = createRequire(LIBRARY)(path.join(installed, "dist", "ahead.cjs")).beginAhead([
    "run",
    "--sandbox=required",
  ]);
  begun.models.process.hold();
  expect(await begun.models.process.ready).toHaveProperty("value");
  begun.models.process.fail({ code: "crashed", sentence: "the test is over" });
  rmSync(installed, { recursive: true });
});

/** Has no descriptor left but those that a start needs before it asks for pipes. */
const SHORT = `
  const { openSync } = await import("node:fs");
  const { prepareRun } = await import(process.argv[1]);
  try {
    for (;;) openSync("/dev/null");
  } catch {}
  prepareRun("auto");
  setImmediate(() => {
    console.log("goes on");
    process.exit();
  });
`;

it.runIf(existsSync("/usr/bin/prlimit"))("a process without descriptors to spare hears no uncaught error", () => {
  const argv = ["--nofile=64:64", process.execPath, "--input-type=module", "-e", SHORT, LIBRARY];
  const { stdout, stderr } = spawnSync("/usr/bin/prlimit", argv, { encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["goes on\n", ""]);
});
