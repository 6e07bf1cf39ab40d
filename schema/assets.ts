import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

let root: string | undefined;

/** The installed package's own directory, wherever this code runs from: sources, a bundle in dist/, or node_modules. */
export function packageRoot(): string {
  if (root) return root;
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, "package.json"))) {
    const parent = path.dirname(directory);
    if (parent === directory) throw new Error("cabincrew's package.json is missing above its own code");
    directory = parent;
  }
  root = directory;
  return root;
}

/** A built program (worker, child process, bundled engine) by its name in bin/build.mjs, for example `models-child`. */
export function programFile(name: string): string {
  return path.join(packageRoot(), "dist", `${name}.cjs`);
}
