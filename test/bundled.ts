import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import fastGlob from "fast-glob";
import type { Plugin } from "vitest/config";

const root = path.dirname(import.meta.dirname);
/** Inside node_modules, where the runner leaves modules to Node, and below the package, where they find its files. */
const cache = path.join(root, "node_modules", ".cache", "cabincrew-tests");
const ROOMS = /^(?:bin|engines|models|orchestrator|policies|schema)\//;

/**
 * Has every test import the product's modules from one bundle, made for this run from the sources as they are now: each file of
 * tests has a process of its own, and to load some four hundred modules one by one costs it a second. What a module exports and
 * which modules share their state is as in the sources: a module is in the bundle once, whoever imports it.
 */
export async function bundledProduct(): Promise<Plugin> {
  const folder = path.join(cache, String(process.pid));
  const modules = await modulesThatTestsImport();
  sweep();
  mkdirSync(folder, { recursive: true });
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    entryPoints: [...modules],
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    outbase: root,
    outdir: folder,
    sourcemap: "linked",
    logLevel: "warning",
  });
  return {
    name: "bundled-product",
    enforce: "pre",
    resolveId(source, importer) {
      if (!importer || !source.endsWith(".ts")) return undefined;
      const file = path.relative(root, path.resolve(path.dirname(importer), source));
      if (!ROOMS.test(file)) return undefined;
      // A second copy from the sources would have a state of its own.
      if (!modules.has(file)) throw new Error(`${importer} imports ${file} in a way that test/bundled.ts does not see`);
      return path.join(folder, file.replace(/\.ts$/, ".mjs"));
    },
  };
}

/** By what the compiler leaves of their imports: types are gone. */
async function modulesThatTestsImport(): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await build({
    absWorkingDir: root,
    entryPoints: await fastGlob("test/**/*.ts", { cwd: root }),
    bundle: true,
    write: false,
    packages: "external",
    platform: "node",
    format: "esm",
    outdir: cache,
    logLevel: "warning",
    plugins: [
      {
        name: "imports-of-the-product",
        setup: ({ onResolve }) =>
          onResolve({ filter: /\.ts$/ }, ({ kind, path: source, resolveDir }) => {
            const file = path.relative(root, path.resolve(resolveDir, source));
            if (kind === "entry-point" || !ROOMS.test(file)) return undefined;
            found.add(file);
            return { path: source, external: true };
          }),
      },
    ],
  });
  return found;
}

/** Removes what a killed run left. */
function sweep(): void {
  if (!existsSync(cache)) return;
  for (const name of readdirSync(cache))
    if (!lives(Number(name))) rmSync(path.join(cache, name), { recursive: true, force: true });
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // somebody else's
  }
}
