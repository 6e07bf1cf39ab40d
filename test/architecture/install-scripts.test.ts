import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "..", "..");
const read = (name: string) => JSON.parse(readFileSync(path.join(ROOT, name), "utf8"));

interface Locked {
  readonly name?: string;
  readonly hasInstallScript?: true;
  readonly gypfile?: false;
  readonly optional?: true;
  readonly os?: readonly string[];
}

const locked: Readonly<Record<string, Locked>> = read("package-lock.json").packages;
const allowed: Readonly<Record<string, boolean>> = read("package.json").allowScripts;

it("every dependency with an install script is said to need it or not: newer npm runs no other", () => {
  const withScript = Object.entries(locked).flatMap(([place, { name, hasInstallScript, os = ["linux"] }]) => {
    const inQuestion = place !== "" && hasInstallScript && os.includes("linux");
    return inQuestion ? [name ?? place.split("node_modules/").at(-1)] : [];
  });
  // By name alone: npm knows the version of none whose address the lock file leaves out, and then denies whatever it is told of one.
  expect(Object.keys(allowed).sort()).toEqual([...new Set(withScript)].sort());
  expect(allowed["onnxruntime-node"]).toBe(false);
});

it("neither release of the SQLite library fails an installation, and 13 compiles nothing: no Node needs both", () => {
  expect(locked["node_modules/better-sqlite3"]).toMatchObject({ optional: true });
  const napi = locked["node_modules/better-sqlite3-napi"];
  // npm before 11.19 asks the lock file, not the package, whether node-gyp is wanted; `npm install` drops the word again.
  expect(napi, 'write `"gypfile": false` into its entry again').toMatchObject({ optional: true, gypfile: false });
});
