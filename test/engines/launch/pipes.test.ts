import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";

const LIBRARY = path.join(import.meta.dirname, "..", "..", "..", "dist", "index.mjs");
/** Above what Linux gives: of a process that is gone for certain. */
const GONE = "4194305";

/** Prepares a run, which sweeps what killed ones left, and asks for a package that was installed as a link. */
const SCRIPT = `
  const { prepareRun } = await import(process.argv[2]);
  const { createRequire } = await import("node:module");
  prepareRun("off");
  console.log(createRequire(import.meta.url)("outer"));
  process.exit();
`;

it.runIf(existsSync("/usr/bin/mkfifo"))(
  "pipes that a killed process left are swept, and packages that are links are found afterwards",
  () => {
    const root = mkdtempSync(path.join(tmpdir(), "cabincrew-pipes-"));
    const below = (...names: string[]) => path.join(root, ...names);
    const left = below("tmp", `cabincrew-pipes-${process.getuid?.()}`, GONE);
    mkdirSync(left, { recursive: true, mode: 0o700 });
    execFileSync("/usr/bin/mkfifo", [path.join(left, "0.out"), path.join(left, "0.err")]);
    for (const name of ["outer", "inner"]) mkdirSync(below("store", "node_modules", name), { recursive: true });
    writeFileSync(below("store", "node_modules", "outer", "index.js"), 'module.exports = require("inner");');
    writeFileSync(below("store", "node_modules", "inner", "index.js"), 'module.exports = "found";');
    mkdirSync(below("project", "node_modules"), { recursive: true });
    symlinkSync(below("store", "node_modules", "outer"), below("project", "node_modules", "outer"));
    const script = below("project", "script.mjs");
    writeFileSync(script, SCRIPT);
    const env = { ...process.env, TMPDIR: below("tmp") };
    const { stdout, stderr } = spawnSync(process.execPath, [script, LIBRARY], { encoding: "utf8", env });
    expect([stdout, stderr]).toEqual(["found\n", ""]);
    expect(existsSync(left)).toBe(false);
    rmSync(root, { recursive: true });
  },
);
