// Builds or checks the shipped policy packs and the packs the tests use; the work is done by policies/build.ts.
//   node policies/build.mjs                  compile all and write the READMEs (needs opa, on the PATH or named by $OPA)
//   node policies/build.mjs --check          compare what is committed with the sources and run the Rego tests
//   node policies/build.mjs --install-opa    build opa from source with Go, in the version the packs are made with
//   node policies/build.mjs --capabilities   derive capabilities.json from opa and opa-wasm again
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const opa = process.env.OPA || "opa";
const {
  buildPolicyPack,
  capabilitiesFile,
  checkPolicyPack,
  checkPolicyPackReadme,
  deriveCapabilities,
  documentPolicyPack,
  readOpaVersion,
} = await loadSources();
const version = await readOpaVersion(opa);

if (process.argv.includes("--install-opa")) {
  const { opa_version } = JSON.parse(readFileSync(path.join(root, "policies/packs/default/pack.json"), "utf8"));
  execFileSync("go", ["install", `github.com/open-policy-agent/opa@v${opa_version}`], { stdio: "inherit" });
} else if (process.argv.includes("--capabilities")) {
  writeFileSync(capabilitiesFile(), await deriveCapabilities(opa));
} else if (process.argv.includes("--check")) {
  const results = await Promise.all([...packs().map(checkPack), checkCapabilities()]);
  if (!results.every(Boolean)) process.exitCode = 1;
} else {
  await Promise.all(
    packs().map(async ({ directory, capabilities }) => {
      const { wasm_sha256 } = await buildPolicyPack(directory, { opa, capabilities });
      if (documented(directory)) await documentPolicyPack(directory);
      console.log(`built ${path.relative(root, directory)} ${wasm_sha256}`);
    }),
  );
  for (const script of scripts()) execFileSync(process.execPath, [script], { stdio: "inherit" });
}

/** Packs with Rego. The tests' packs do what the shipped ones must not, so they may call anything. */
function packs() {
  return [
    ["policies/packs", "runtime"],
    ["test/fixtures/policies", "any"],
  ].flatMap(([parent, capabilities]) =>
    directories(parent)
      .filter((directory) => readdirSync(directory).some((name) => name.endsWith(".rego")))
      .map((directory) => ({ directory, capabilities })),
  );
}

/** Shipped packs bring a README of their rules, and Rego tests. */
function documented(directory) {
  return path.dirname(directory) === path.join(root, "policies/packs");
}

/** Packs that no Rego compiles to are made by a script of their own. */
function scripts() {
  return directories("test/fixtures/policies")
    .map((directory) => path.join(directory, "make.mjs"))
    .filter((script) => existsSync(script));
}

function directories(parent) {
  const entries = readdirSync(path.join(root, parent), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(root, parent, entry.name));
}

async function checkPack({ directory, capabilities }) {
  const { problems: found, skipped } = await checkPolicyPack(directory, {
    opa,
    capabilities,
    untested: !documented(directory),
  });
  const stale = documented(directory) ? await checkPolicyPackReadme(directory) : undefined;
  const problems = stale ? [...found, stale] : found;
  const name = path.relative(root, directory);
  for (const reason of skipped) console.log(`SKIPPED ${name}: ${reason}`);
  for (const problem of problems) console.error(`FAILED ${name}: ${problem}`);
  if (problems.length === 0) console.log(`ok ${name}`);
  return problems.length === 0;
}

async function checkCapabilities() {
  const name = path.relative(root, capabilitiesFile());
  const built = JSON.parse(readFileSync(path.join(root, "policies/packs/default/pack.json"), "utf8")).opa_version;
  if (version !== built) {
    console.log(`SKIPPED ${name}: made by opa ${built}, ${version ? `here is ${version}` : "which is not here"}`);
    return true;
  }
  const [committed, derived] = [readFileSync(capabilitiesFile(), "utf8"), await deriveCapabilities(opa)];
  const same = JSON.stringify(JSON.parse(committed)) === JSON.stringify(JSON.parse(derived)); // layout is the formatter's
  if (same) console.log(`ok ${name}`);
  else console.error(`FAILED ${name}: it is not what opa and opa-wasm give; run with --capabilities`);
  return same;
}

/** Node 20 does not run TypeScript itself. */
async function loadSources() {
  const directory = path.join(root, "node_modules", ".cache");
  const file = path.join(directory, `policies-build-${process.pid}.mjs`);
  mkdirSync(directory, { recursive: true });
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `export * from "./build.ts"; export * from "./capabilities.ts"; export * from "./documentation.ts"; export { readOpaVersion } from "./opa.ts";`,
      resolveDir: path.join(root, "policies"),
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile: file,
  });
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(file, { force: true });
  }
}
