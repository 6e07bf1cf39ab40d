// A scratch place whose state is put back before each case: the same paths every time, since the ledger names them.
import { execFileSync, spawn } from "node:child_process";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { listRuns, openCrew, verifyLedger } from "../../../dist/index.mjs";

const REPOSITORY = path.resolve(import.meta.dirname, "..", "..", "..");
export const PROGRAM = path.join(REPOSITORY, "bin", "cabincrew.cjs");
export const FIXTURES = path.join(REPOSITORY, "test", "fixtures");
export { REPOSITORY };

/** The environment of everything that works on the place below `root`. */
export function environmentOf(root) {
  return {
    PATH: process.env.PATH,
    HOME: root,
    TMPDIR: path.join(root, "tmp"),
    CABINCREW_STATE_DIR: path.join(root, "state"),
    XDG_CONFIG_HOME: path.join(root, "config"),
    CAMPAIGN_PLACE: root,
  };
}

/** Nothing is made or removed before `clear`. */
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
    this.env = environmentOf(root);
    this.governance = [];
  }

  clear() {
    rmSync(this.root, { recursive: true, force: true });
    for (const directory of [this.workspace, this.temp]) mkdirSync(directory, { recursive: true });
    writeFileSync(this.counter, "");
  }

  /** One policy that decides the same of every plan: being judged quickly keeps the cases about the run. */
  govern(verdict) {
    this.governance = ["--governance", path.join(this.root, "governance")];
    const pack = path.join(this.root, "governance", "one");
    cpSync(path.join(FIXTURES, "policies", "shapes"), pack, { recursive: true });
    const file = path.join(pack, "pack.json");
    const manifest = { ...JSON.parse(readFileSync(file, "utf8")), id: "one", entrypoints: [`shapes/${verdict}`] };
    writeFileSync(file, JSON.stringify(manifest));
    const governance = { version: 1, policies: ["one"], models: [] };
    writeFileSync(path.join(this.root, "governance", "governance.json"), JSON.stringify(governance));
  }

  /** What everything is put back to by `restore`. */
  keep() {
    this.#copy(this.root, `${this.root}.kept`);
  }

  /** `from`: another copy of the place, by `copyTo`. */
  restore(from = `${this.root}.kept`) {
    this.#copy(from, this.root);
  }

  copyTo(directory) {
    this.#copy(this.root, directory);
  }

  #copy(from, to) {
    // This process's own named pipes, kept ready for engines that it launches, are no part of the place.
    const own = path.join(this.temp, `cabincrew-pipes-${process.getuid()}`, String(process.pid));
    const aside = `${this.root}.pipes`;
    const has = existsSync(own);
    if (has) renameSync(own, aside);
    rmSync(to, { recursive: true, force: true });
    execFileSync("cp", ["-a", from, to]);
    if (!has) return;
    mkdirSync(path.dirname(own), { recursive: true, mode: 0o700 });
    renameSync(aside, own);
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
    const done = await (this.inProcess ?? this.#started.bind(this))(withJson(argv));
    return { ...done, document: parsed(done.out) };
  }

  async #started(words) {
    const outputs = ["after.out", "after.err"].map((name) => path.join(this.root, name));
    const descriptors = outputs.map((file) => openSync(file, "w"));
    const child = spawn(process.execPath, [PROGRAM, ...words], {
      cwd: this.workspace,
      env: this.env,
      stdio: ["ignore", ...descriptors],
      timeout: 60_000,
    });
    for (const fd of descriptors) closeSync(fd);
    const code = await new Promise((resolve) => child.once("close", (exit, signal) => resolve(exit ?? signal)));
    const [out, err] = outputs.map((file) => readFileSync(file, "utf8"));
    return { code, out, err };
  }
}

/** The words of a command line that asks for one document. */
export function withJson(argv) {
  const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
  return [...argv.slice(0, end), "--json", ...argv.slice(end)];
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
