// A scratch place in which the built program runs as an ordinary or the present user, and what it leaves there.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";

export const ROOT = path.join(import.meta.dirname, "..", "..", "..");
export const PROGRAM = path.join(ROOT, "bin", "cabincrew.cjs");

/** Runs with state, engine and workspaces of their own; `sandbox` is a value of --sandbox. */
export class Place {
  #made = 0;

  constructor(sandbox) {
    this.sandbox = sandbox;
    this.root = mkdtempSync(path.join(os.tmpdir(), "cabincrew-deceit-"));
    this.engine = path.join(this.root, "lying.mjs");
    this.restoreEngine();
  }

  restoreEngine() {
    rmSync(this.engine, { force: true });
    copyFileSync(path.join(import.meta.dirname, "lying.mjs"), this.engine);
    chmodSync(this.engine, 0o755);
  }

  environment(more = {}) {
    return { PATH: process.env.PATH, HOME: this.root, ...more };
  }

  /** Our flags go before a `--`, after which everything is the command's. */
  argv(...argv) {
    const at = argv.includes("--") ? argv.indexOf("--") : argv.length;
    return [PROGRAM, ...argv.slice(0, at), "--state-dir", path.join(this.root, "state"), ...argv.slice(at)];
  }

  /** The program run to its end: exit code, both streams, and the JSON document where stdout is one. */
  run(argv, environment) {
    const options = {
      cwd: this.root,
      env: this.environment(environment),
      encoding: "utf8",
      maxBuffer: 1 << 26,
      timeout: 60_000,
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, this.argv(...argv), options);
    let document;
    try {
      document = JSON.parse(stdout);
    } catch {}
    return { code: status, out: stdout, err: stderr, document };
  }

  workspace() {
    this.#made += 1;
    const workspace = path.join(this.root, `workspace${this.#made}`);
    mkdirSync(workspace);
    writeFileSync(path.join(workspace, "a.txt"), "one\ntwo\n");
    return workspace;
  }

  /** Plans `script` of Python, or with the lying engine where `config` is given. */
  begin(verb, workspace, { script, config }) {
    const flags = [verb, workspace, "--json", "--sandbox", this.sandbox];
    if (script !== undefined) return this.run([...flags, "--", "python3", "-c", script]);
    const pairs = Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
    return this.run([...flags, "--engine", this.engine, ...pairs]);
  }

  remove() {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Every entry of a directory with its bytes or its link's target, names as bytes. */
export function treeOf(directory) {
  const names = readdirSync(directory, { encoding: "buffer", recursive: false, withFileTypes: true });
  return names
    .map((entry) => {
      const file = Buffer.concat([Buffer.from(`${directory}/`), entry.name]);
      const content = entry.isSymbolicLink() ? readlinkSync(file, "buffer") : entry.isFile() ? readFileSync(file) : "";
      return `${entry.name.toString("latin1")}=${Buffer.from(content).toString("latin1")}`;
    })
    .sort()
    .join("\n");
}
