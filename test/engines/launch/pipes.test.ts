import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { pipeNames } from "../../../engines/launch/index.ts";

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

it.runIf(existsSync("/usr/bin/mkfifo"))(
  "pipes that were cleared away while the process lived are made anew, one of them or all with their directory",
  async () => {
    const workspace = mkdtempSync(path.join(tmpdir(), "cabincrew-pipes-"));
    onTestFinished(() => rmSync(workspace, { recursive: true }));
    const pool = pipeNames();
    const taken = async () => {
      const names = (await pool.take(workspace)) ?? [];
      expect(names.map((name) => statSync(name).isFIFO())).toEqual([true, true]);
      for (const name of names) rmSync(name);
      return names;
    };
    const [first = ""] = await taken();
    for (let cleared = 0; cleared < 2; cleared += 1) {
      await pool.prepare();
      const directory = path.dirname(first);
      const [one = ""] = readdirSync(directory);
      rmSync(cleared === 0 ? path.join(directory, one) : path.dirname(directory), { recursive: true });
      const seen = [await taken(), await taken(), await taken()].flat();
      expect(new Set(seen).size).toBe(6);
    }
  },
);
