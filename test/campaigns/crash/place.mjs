// A scratch place whose state is put back before each case: the same paths every time, since the ledger names them.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { listRuns, openCrew, verifyLedger } from "../../../dist/index.mjs";

const REPOSITORY = path.resolve(import.meta.dirname, "..", "..", "..");
export const PROGRAM = path.join(REPOSITORY, "bin", "cabincrew.cjs");
export const FIXTURES = path.join(REPOSITORY, "test", "fixtures");
export { REPOSITORY };

export class Place {
  constructor(root) {
    this.root = root;
    const below = (name) => path.join(root, name);
    this.workspace = below("workspace");
    this.state = below("state");
    this.temp = below("tmp");
    this.counter = below("counter");
    this.stdout = below("stdout");
    this.stderr = below("stderr");
    this.env = {
      PATH: process.env.PATH,
      HOME: root,
      TMPDIR: this.temp,
      CABINCREW_STATE_DIR: this.state,
      XDG_CONFIG_HOME: below("config"),
      CAMPAIGN_PLACE: root,
    };
    this.clear();
  }

  clear() {
    rmSync(this.root, { recursive: true, force: true });
    for (const directory of [this.workspace, this.temp]) mkdirSync(directory, { recursive: true });
    writeFileSync(this.counter, "");
  }

  /** One policy that decides the same of every plan: being judged quickly keeps the cases about the run. */
  govern(verdict) {
    const pack = path.join(this.root, "governance", "one");
    cpSync(path.join(FIXTURES, "policies", "shapes"), pack, { recursive: true });
    const file = path.join(pack, "pack.json");
    const manifest = { ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: [`shapes/${verdict}`] };
    writeFileSync(file, JSON.stringify(manifest));
    const governance = { version: 1, policies: ["one"], models: [] };
    writeFileSync(path.join(this.root, "governance", "governance.json"), JSON.stringify(governance));
    this.governance = ["--governance", path.join(this.root, "governance")];
  }

  /** What everything is put back to by `restore`. */
  keep() {
    this.#copy(this.root, `${this.root}.kept`);
  }

  restore() {
    this.#copy(`${this.root}.kept`, this.root);
  }

  #copy(from, to) {
    rmSync(to, { recursive: true, force: true });
    execFileSync("cp", ["-a", from, to]);
  }

  get effects() {
    return readFileSync(this.counter, "utf8").split("\n").length - 1;
  }

  /** Runs of the ledger, newest first; read with the library, because a process for each look would take most of the time. */
  runs() {
    return withCrew(this, (crew) => listRuns(crew)).then((runs) => runs ?? []);
  }

  /** What `verify` finds wrong. */
  findings() {
    return withCrew(this, (crew) => verifyLedger(crew, {})).then((verified) => verified?.findings ?? []);
  }

  /** The program, undisturbed, with --json: { code, document }; document is undefined where stdout is not one. */
  async cabincrew(...argv) {
    const outputs = ["after.out", "after.err"].map((name) => path.join(this.root, name));
    const descriptors = outputs.map((file) => openSync(file, "w"));
    const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
    const words = [...argv.slice(0, end), "--json", ...argv.slice(end)];
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: this.workspace,
      env: this.env,
      stdio: ["ignore", ...descriptors],
      timeout: 60_000,
    });
    for (const fd of descriptors) closeSync(fd);
    const code = await new Promise((resolve) => child.once("close", (exit, signal) => resolve(exit ?? signal)));
    const [out, err] = outputs.map((file) => readFileSync(file, "utf8"));
    return { code, document: parsed(out), out, err };
  }
}

/** Undefined where there is no ledger yet. */
async function withCrew({ state, env }, use) {
  let crew;
  try {
    crew = await openCrew({
      stateDir: state,
      configDir: env.XDG_CONFIG_HOME,
      environment: env,
      principal: { id: "campaign", proven: false },
      create: false,
    });
    return await use(crew);
  } catch (error) {
    if (error.code === "not_found") return undefined;
    throw error;
  } finally {
    await crew?.close();
  }
}

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
