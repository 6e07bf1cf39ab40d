// Bundles the command line, the library and every program of its own into dist/, so that a cold start reads few files.
// Each file is replaced as a whole, so that a program started during a build finds the old one or the new one.
//   node bin/build.mjs [--types]    with the library's type declarations, for a package
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { asksFor, onlyValidators } from "./own-validators.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, "dist");
/** Programs by the name `programFile()` finds them under. */
const programs = {
  cli: "bin/program.ts",
  ahead: "bin/ahead.ts",
  "policies-worker": "policies/worker-start.ts",
  "policies-judging": "policies/worker.ts",
  "models-child": "models/child.ts",
  "engines-exec": "engines/exec/program.ts",
  "workspace-hash-worker": "orchestrator/workspace/hash-worker.ts",
  "verify-worker": "orchestrator/integrity/verify-worker.ts",
  "engines-command": "engines/command/program.ts",
  "guarantee-probe": "orchestrator/guarantees/probe/program.ts",
};
const library = "orchestrator/index.ts";
const exists = (file) => existsSync(path.join(root, file));
const present = Object.entries(programs).filter(([, file]) => exists(file));
const alone = ["cli", "ahead", "models-child"];
const [commandLine, ahead, modelProcess] = alone.map((one) => present.filter(([name]) => name === one));
const others = present.filter(([name]) => !alone.includes(name));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  external: ["onnxruntime-node"],
  logLevel: "warning",
  legalComments: "none",
  outdir: "dist",
  write: false,
};
/** opa-wasm loads a whole YAML library with its builtins; few policies parse YAML, and every cold run would pay for it. */
const yamlWhenAsked = {
  name: "yaml-when-asked",
  setup: ({ onLoad }) =>
    onLoad({ filter: /opa-wasm\/src\/builtins\/yaml\.js$/ }, ({ path: file }) => {
      const eager = 'const yaml = require("yaml");';
      const text = readFileSync(file, "utf8");
      if (!text.startsWith(eager))
        throw new Error(`${file} does not begin with ${eager} any more: look at bin/build.mjs`);
      const lazy =
        'const yaml = { parse: (text) => require("yaml").parse(text), stringify: (data) => require("yaml").stringify(data) };';
      return { contents: text.replace(eager, lazy), loader: "js" };
    }),
};
/** opa-wasm's `sprintf` is that of C; policies are written for Go's (policies/sprintf.ts). */
const sprintfOfGo = {
  name: "sprintf-of-go",
  setup: ({ onLoad }) =>
    onLoad({ filter: /opa-wasm\/src\/builtins\/strings\.js$/ }, ({ path: file }) => {
      if (!readFileSync(file, "utf8").includes("module.exports = { sprintf };"))
        throw new Error(`${file} exports something else than sprintf: look at bin/build.mjs`);
      return { contents: `export { sprintf } from ${JSON.stringify(path.join(root, "policies/sprintf.ts"))};` };
    }),
};
/** A default import of a CommonJS module copies it for each importer; a hundred of ours import this one. */
const pathOnce = {
  name: "path-once",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:path$/ }, ({ kind, namespace }) =>
      kind === "import-statement" && namespace !== "once" ? { path: "node:path", namespace: "once" } : undefined,
    );
    onLoad({ filter: /^node:path$/, namespace: "once" }, () => ({
      contents: 'const path = require("node:path"); export default path;',
    }));
  },
};
/** Only the compiled part of onnxruntime stays where npm put it: its JavaScript is two dozen files that a cold run would look for. */
const runtimeInside = {
  name: "runtime-inside",
  setup: ({ onLoad }) =>
    onLoad({ filter: /onnxruntime-node\/dist\/binding\.js$/ }, ({ path: file }) => {
      const text = readFileSync(file, "utf8");
      const [beside, ...more] = text.match(/require\(`\.\.\/bin\/[^`]+_binding\.node`\)/g) ?? [];
      if (beside === undefined || more.length > 0)
        throw new Error(`${file} finds its compiled part in another way now: look at bin/build.mjs`);
      const threads = 'require("worker_threads")';
      if (text.split(threads).length !== 2)
        throw new Error(`${file} does not ask once for worker_threads any more: look at bin/build.mjs`);
      const { version } = JSON.parse(readFileSync(path.join(file, "..", "..", "package.json"), "utf8"));
      const asked = `require(${JSON.stringify(path.join(root, "models", "runtime-binding.ts"))}).runtimeBinding(${JSON.stringify(version)})`;
      // The process has no other thread, and to load the module costs it milliseconds.
      return { contents: text.replace(beside, () => asked).replace(threads, "{ isMainThread: true }") };
    }),
};
/** Its JavaScript is a dozen files that a cold run would look for. Where npm left it out, another release is used (driver.ts). */
const sqliteInside = {
  name: "sqlite-inside",
  setup: ({ onLoad }) =>
    onLoad({ filter: /store\/sqlite\/release-12\.ts$/ }, () =>
      exists("node_modules/better-sqlite3")
        ? { contents: 'export const release12 = () => require("better-sqlite3");', resolveDir: root }
        : undefined,
    ),
};
const bundle = {
  ...common,
  plugins: [yamlWhenAsked, sprintfOfGo, pathOnce, sqliteInside],
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  minify: true,
  alias: {
    "string-width": path.join(root, "bin", "render", "width.ts"),
    "escalade/sync": path.join(root, "bin", "bundled", "no-search.ts"),
    y18n: path.join(root, "bin", "bundled", "no-locales.ts"),
    assert: path.join(root, "bin", "bundled", "assert.ts"),
  },
  // `import()` as require(): starting Node's module loader for it would cost milliseconds.
  supported: { "dynamic-import": false },
  define: { "import.meta.url": "__moduleUrl" },
  banner: {
    js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;',
  },
};
const written = new Set(["types", "cli.cache", "policies-judging.cache"]); // help.txt is made anew: a stale one would be shown
const engines = others.filter(([name]) => name.startsWith("engines-"));
write(await build({ ...bundle, entryPoints: Object.fromEntries(others.filter((each) => !engines.includes(each))) }));
for (const engine of engines)
  write(await buildWithOwnValidators({ ...bundle, entryPoints: Object.fromEntries([engine]) }));
write(
  await build({
    ...bundle,
    external: [],
    plugins: [runtimeInside, pathOnce],
    entryPoints: Object.fromEntries(modelProcess),
  }),
);
if (exists(library)) {
  for (const entryPoints of [commandLine, ahead].map(Object.fromEntries))
    write(await build({ ...bundle, entryPoints }));
  write(
    await build({
      ...common,
      entryPoints: { index: library },
      format: "esm",
      splitting: true,
      outExtension: { ".js": ".mjs" },
      packages: "external",
    }),
  );
}
for (const name of readdirSync(dist)) {
  if (!written.has(name) && !name.endsWith(".tmp")) rmSync(path.join(dist, name), { recursive: true, force: true });
}
if (written.has("cli.cjs")) {
  // Without it the command line only starts slower, so a failure here is told and does not fail the build.
  try {
    execFileSync(process.execPath, [path.join(root, "bin", "code-cache.mjs")], { stdio: "inherit", timeout: 60_000 });
  } catch (error) {
    console.warn(`dist/cli.cache was not made: ${error instanceof Error ? error.message : error}`);
  }
}
if (process.argv.includes("--types")) {
  rmSync(path.join(dist, "types"), { recursive: true, force: true });
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", path.join(root, "bin", "types.json")], { stdio: "inherit" });
}

/** A bundled engine is started for each plan and each take-off, and compiles all it brings: so not the validators of others. */
async function buildWithOwnValidators(options) {
  const { metafile } = await build({ ...options, metafile: true });
  const sources = Object.keys(metafile.inputs).filter((file) => !/^(?:node_modules\/|once:)/.test(file));
  const asked = asksFor(sources.map((file) => [file, readFileSync(path.join(root, file), "utf8")]));
  return build({ ...options, plugins: [...options.plugins, onlyValidators(asked)] });
}

function write({ outputFiles }) {
  mkdirSync(dist, { recursive: true });
  for (const { path: file, contents } of outputFiles) {
    const name = path.relative(dist, file);
    written.add(name);
    // These two are read byte by byte, so a character beyond ASCII would be another one; only tagged templates let one through.
    const compiled = ["cli.cjs", "policies-judging.cjs"].includes(name);
    if (compiled && contents.some((byte) => byte > 0x7f))
      throw new Error(
        `dist/${name} would not be plain ASCII: put the character of that tagged template into a string of its own.`,
      );
    const digest = createHash("sha256").update(contents).digest("hex");
    const tail = compiled ? Buffer.from(`//# ${digest}\n`) : Buffer.alloc(0); // names its code cache
    writeFileSync(`${file}.${process.pid}.tmp`, Buffer.concat([contents, tail]));
    renameSync(`${file}.${process.pid}.tmp`, file);
  }
}
