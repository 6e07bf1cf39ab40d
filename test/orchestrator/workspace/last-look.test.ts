/** In a host program whose packages are links, one that it imports after we met a pipe or a socket must still be found. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { withArtifactFile } from "../../../orchestrator/artifacts/folder.ts";
import { type Hashed, hashFile } from "../../../orchestrator/workspace/hash-file.ts";
import { hashWorkspace } from "../../../orchestrator/workspace/index.ts";
import { looked, removeTree } from "../../../schema/index.ts";

const ROOT = path.join(import.meta.dirname, "..", "..", "..");
const root = mkdtempSync(path.join(tmpdir(), "cabincrew-last-look-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const below = (...names: string[]) => path.join(root, ...names);

/** A folder with nothing but a pipe, or the pipe in it. */
function pipe(name: string): { readonly folder: string; readonly file: string } {
  const folder = below(`${name}-folder`);
  const file = path.join(folder, "pipe");
  mkdirSync(folder);
  execFileSync("mkfifo", [file]);
  return { folder, file };
}

/** Installs a package as a link into a store, where it has its own, and asks for it. */
function linked(name: string): unknown {
  const store = below("store", name, "node_modules");
  for (const each of [name, `inner-${name}`]) mkdirSync(path.join(store, each), { recursive: true });
  writeFileSync(path.join(store, name, "index.js"), `module.exports = require("inner-${name}");`);
  writeFileSync(path.join(store, `inner-${name}`, "index.js"), 'module.exports = "found";');
  mkdirSync(below("project", "node_modules"), { recursive: true });
  symlinkSync(path.join(store, name), below("project", "node_modules", name));
  return createRequire(below("project", "host.js"))(name);
}

const columns = (): Hashed => ({ stats: new Float64Array(16), kinds: new Uint8Array(1), digests: "" });
const MEETINGS: Readonly<Record<string, (pipe: { folder: string; file: string }) => unknown>> = {
  workspace: ({ folder }) => hashWorkspace(folder),
  "known-workspace": async ({ folder }) => {
    const cacheFile = below("tree");
    for (const now of [1, 2]) await hashWorkspace(folder, { cacheFile, now: Date.now() + now * 3_600_000 });
  },
  file: ({ file }) => expect(hashFile(file, columns(), 0, 1)).toBe("changed"),
  artifact: ({ file }) => expect(withArtifactFile(file, "a", () => undefined)).rejects.toThrow("is a FIFO"),
  leftover: ({ file }) => removeTree(file),
};

it.runIf(existsSync("/usr/bin/mkfifo"))(
  "a pipe that was met leaves the module loader able to follow links",
  async () => {
    expect(linked("before")).toBe("found");
    for (const [name, meet] of Object.entries(MEETINGS)) {
      await meet(pipe(name));
      expect([name, linked(name)]).toEqual([name, "found"]);
    }
  },
);

it("every look of the library is one after which links are followed", () => {
  const looks = /(?<!looked\()\b[lf]?statSync\((?!.*bigint)/;
  const own = /^(engines\/(exec|command|templates)\/|orchestrator\/guarantees\/)/;
  const wrong = ["orchestrator", "engines", "policies", "models", "bin"].flatMap((room) =>
    readdirSync(path.join(ROOT, room), { recursive: true, encoding: "utf8" })
      .map((file) => path.join(room, file))
      .filter((file) => file.endsWith(".ts") && !own.test(file))
      .flatMap((file) =>
        readFileSync(path.join(ROOT, file), "utf8")
          .split("\n")
          .filter((line) => looks.test(line))
          .map((line) => `${file}: ${line.trim()}`),
      ),
  );
  expect(wrong).toEqual([expect.stringContaining("hash-file.ts"), expect.stringContaining("hash-file.ts")]);
  expect(looked(undefined)).toBeUndefined();
});
