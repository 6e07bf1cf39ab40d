// Hashing and sealing, as ratios to what the machine's own tools take for the same bytes in the same run. Nothing is asserted.
//   node test/bench/hash.mjs [scratch directory]
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const repository = path.resolve(import.meta.dirname, "..", "..");
const role = process.argv[2];
if (role === "--measure") await measure(process.argv[3], process.argv[4], process.argv[5]);
else await main(role ?? tmpdir());

/** Prepares the trees, then measures each subject in a fresh process, alternating with its yardstick; the best of each counts. */
async function main(parent) {
  const scratch = mkdtempSync(path.join(parent, "cabincrew-bench-"));
  // Beside the project's own bundles, since libraries that stay outside a bundle are found from there.
  const bundle = path.join(repository, "dist", `bench-hash-${process.pid}.mjs`);
  try {
    await bundleSubjects(bundle);
    const big = path.join(scratch, "big");
    writeBig(big, 1024);
    const small = makeTree(path.join(scratch, "small"), 200, 100);
    const large = makeTree(path.join(scratch, "large"), 1000, 100);
    const artifacts = path.join(scratch, "artifacts");
    makeArtifacts(artifacts, 10_000);
    const own = (name, directory) =>
      JSON.parse(
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), "--measure", name, bundle, directory], {
          encoding: "utf8",
        }),
      );

    const openssl = best(3, () => timed(() => run("openssl", ["dgst", "-sha256", big])));
    const hashed = best(3, () => own("hash", big));
    report("1 GiB hashed, against openssl dgst", openssl, hashed);
    const copied = timed(() => run("sh", ["-c", 'cp "$1" "$1.copy" && sync "$1.copy"', "sh", big]));
    report("1 GiB stored durably, against cp and sync", copied, own("store", big));

    const pipeline = ["-c", 'find "$1" -type f -print0 | sort -z | xargs -0 -P2 sha256sum > /dev/null', "sh", small];
    let yardstick = Infinity;
    let first = { ms: Infinity, rss: 0 };
    for (let round = 0; round < 5; round++) {
      yardstick = Math.min(yardstick, timed(() => run("sh", pipeline)).ms);
      const next = own("first", small);
      if (next.ms < first.ms) first = next;
    }
    report("20,000 small files, against find | sort | xargs -P2 sha256sum", { ms: yardstick }, first);

    const { walk, second } = own("second", large);
    report("second hash of 100,000 files, against a bare stat walk in Node", walk, second);
    report("10,000 artifacts collected and sealed durably (absolute)", undefined, own("seal", artifacts));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    rmSync(bundle, { force: true });
  }
}

/** Runs in a process of its own and prints { ms, rss }; process and module start are not counted. */
async function measure(name, bundle, directory) {
  const { hashWorkspace, openContentStore, hashOnly, collectAndSeal } = await import(pathToFileURL(bundle).href);
  const state = path.join(path.dirname(directory), `state-${name}-${process.pid}`);
  const clock = async (subject) => {
    const start = performance.now();
    await subject();
    return { ms: performance.now() - start, rss: process.resourceUsage().maxRSS / 1024 };
  };
  const subjects = {
    hash: () => clock(() => hashOnly.putFile(directory)),
    store: () => clock(() => openContentStore(state).putFile(directory)),
    first: () => clock(() => hashWorkspace(directory)),
    seal: async () => {
      const { receipt } = JSON.parse(
        execFileSync("cat", [`${directory}.json`], { encoding: "utf8", maxBuffer: 1 << 28 }),
      );
      return clock(() => collectAndSeal(directory, receipt, { artifacts: 1e6, bytes: 1e12 }, openContentStore(state)));
    },
    second: async () => {
      // The trees are young; an hour later their entries would be trusted.
      const options = { cacheFile: path.join(state, "cache"), now: Date.now() + 3_600_000 };
      await hashWorkspace(directory, options);
      let walk = { ms: Infinity };
      let second = { ms: Infinity };
      for (let round = 0; round < 5; round++) {
        const bare = await clock(() => statWalk(directory));
        const again = await clock(() => hashWorkspace(directory, options));
        if (bare.ms < walk.ms) walk = bare;
        if (again.ms < second.ms) second = again;
      }
      return { walk, second };
    },
  };
  process.stdout.write(JSON.stringify(await subjects[name]()));
}

function statWalk(directory) {
  for (const name of readdirSync(directory)) {
    const child = `${directory}/${name}`;
    if (lstatSync(child).isDirectory()) statWalk(child);
  }
}

async function bundleSubjects(outfile) {
  if (!existsSync(path.join(repository, "dist", "workspace-hash-worker.cjs")))
    execFileSync(process.execPath, [path.join(repository, "bin", "build.mjs")], { stdio: "inherit" });
  await build({
    absWorkingDir: repository,
    stdin: {
      contents: ["workspace", "content", "artifacts"]
        .map((topic) => `export * from "./orchestrator/${topic}/index.ts";`)
        .join("\n"),
      resolveDir: repository,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    packages: "external",
  });
}

function makeTree(root, directories, files) {
  for (let d = 0; d < directories; d++) {
    const directory = path.join(root, `directory-${d}`);
    mkdirSync(directory, { recursive: true });
    for (let f = 0; f < files; f++)
      writeFileSync(path.join(directory, `file-${f}.txt`), `${d}/${f} `.repeat(10 + ((d * 7 + f * 13) % 300)));
  }
  return root;
}

function makeArtifacts(root, count) {
  const artifacts = [];
  for (let i = 0; i < count; i++) {
    const name = `change-${i}`;
    const body = `line ${i}\n`.repeat(20);
    const text = JSON.stringify({
      artifact_type: "file",
      action: "update",
      mime: "text/plain",
      target: `src/${i}.ts`,
      body_file: "body",
    });
    mkdirSync(path.join(root, name), { recursive: true });
    writeFileSync(path.join(root, name, "artifact.json"), text);
    writeFileSync(path.join(root, name, "body"), body);
    artifacts.push({ name, role: "evidence", path: name, hash: createHash("sha256").update(text).digest("hex") });
  }
  writeFileSync(
    `${root}.json`,
    JSON.stringify({
      receipt: {
        protocol_version: "draft",
        engine_id: "e",
        mode: "flight-plan",
        receipt_id: "r",
        status: "success",
        artifacts,
      },
    }),
  );
}

function writeBig(file, mebibytes) {
  const fd = openSync(file, "wx");
  for (let i = 0; i < mebibytes; i++) writeSync(fd, randomBytes(1 << 20));
  closeSync(fd);
}

function run(program, args) {
  const { status } = spawnSync(program, args, { stdio: "ignore" });
  if (status !== 0) throw new Error(`${program} failed`);
}

function timed(subject) {
  const start = performance.now();
  subject();
  return { ms: performance.now() - start };
}

function best(rounds, subject) {
  return Array.from({ length: rounds }, subject).reduce((least, next) => (next.ms < least.ms ? next : least));
}

function report(what, yardstick, own) {
  const rss = own.rss === undefined ? "" : `, ${own.rss.toFixed(0)} MB resident`;
  const against = yardstick
    ? `${(own.ms / yardstick.ms).toFixed(2)} x (${own.ms.toFixed(0)} of ${yardstick.ms.toFixed(0)} ms)`
    : `${own.ms.toFixed(0)} ms`;
  console.log(`${what}: ${against}${rss}`);
}
