// What a kill of everything would leave, taken while everything is held still: one run shows the moments of all its calls.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { Database } from "../../sqlite.mjs";

/** Copies of the place, made whenever its files differ from the last copy's. */
export class States {
  #place;
  #directory;
  #known = new Map();
  #exactly = new Set();
  #shapes = new Set();

  /** The copies are made in `directory`. */
  constructor(place, directory) {
    this.#place = place;
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /**
   * Number of the state that the place is in now. Equal files are the same state, and so are files that differ in an unfinished
   * transaction of the ledger alone; the copy kept of these is the last, which has the most of it.
   */
  take() {
    const { files, ledger } = digestsOf(this.#place.root);
    const digest = `${files} ${this.#contentOf(ledger)}`;
    const number = this.#known.get(digest) ?? this.#known.size;
    this.#known.set(digest, number);
    if (this.#exactly.has(`${files} ${ledger}`)) return number;
    this.#exactly.add(`${files} ${ledger}`);
    this.#place.copyTo(copyOf(this.#directory, number));
    this.#shapes.add(shapeOf(this.#place));
    return number;
  }

  #contents = new Map();

  /** What a reader finds in the ledger, as a digest; its very bytes where it cannot be read or is not whole. */
  #contentOf(ledger) {
    const known = this.#contents.get(ledger);
    if (known) return known;
    const look = path.join(this.#directory, "look");
    mkdirSync(look);
    for (const name of LEDGER) {
      const file = path.join(this.#place.state, name);
      if (existsSync(file)) copyFileSync(file, path.join(look, name));
    }
    const content = readLedger(path.join(look, LEDGER[0])) ?? ledger;
    rmSync(look, { recursive: true });
    this.#contents.set(ledger, content);
    return content;
  }

  get shapes() {
    return [...this.#shapes];
  }
}

export const copyOf = (directory, number) => path.join(directory, String(number));

const LEDGER = ["cabincrew.db", "cabincrew.db-wal"];

/**
 * Everything on disk but the ledger's shared memory: it is the memory of processes that are gone, and whoever opens the ledger
 * first makes it anew.
 */
function digestsOf(root) {
  const [files, ledger] = [createHash("sha1"), createHash("sha1")];
  for (const [line, file] of entriesOf(root, "")) {
    const hash = LEDGER.includes(path.basename(line.split(" ")[0])) ? ledger : files;
    hash.update(line);
    if (file) hash.update(readFileSync(file));
  }
  return { files: files.digest("hex"), ledger: ledger.digest("hex") };
}

function readLedger(file) {
  if (!existsSync(file)) return undefined;
  let db;
  try {
    db = new Database(file);
    // The copy is thrown away.
    db.pragma("synchronous = off");
    if (db.pragma("integrity_check", { simple: true }) !== "ok") return undefined;
    const hash = createHash("sha1");
    for (const { name, sql } of db.prepare("select name, sql from sqlite_master order by name").all()) {
      hash.update(`${name} ${sql}`);
      if (!/^create table/i.test(sql ?? "")) continue;
      for (const row of db.prepare(`select * from "${name}"`).raw().iterate())
        hash.update(JSON.stringify(row.map((value) => (value instanceof Uint8Array ? value.toString("hex") : value))));
    }
    return `${db.pragma("journal_mode", { simple: true })} ${hash.digest("hex")}`;
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

function* entriesOf(root, below) {
  for (const name of readdirSync(path.join(root, below)).sort()) {
    const entry = path.join(below, name);
    const file = path.join(root, entry);
    const status = lstatSync(file);
    const line = `${entry} ${status.mode.toString(8)} ${status.size}`;
    if (name.endsWith("-shm")) continue;
    if (status.isDirectory()) {
      yield [`${entry} ${status.mode.toString(8)}`];
      yield* entriesOf(root, entry);
    } else if (status.isSymbolicLink()) yield [`${line} ${readlinkSync(file)}`];
    else yield [line, status.isFile() ? file : undefined];
  }
}

const NAMED_ANEW = /[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{12,64}|(?<=store\/)[0-9a-f]{2}(?=[/ ])|\.[A-Za-z0-9]{6}(?=[/ ])/g;

/**
 * What is on disk without what differs from run to run: names of runs and processes, times, digests, and the named pipes, of which
 * this process may have some as well. Two kills at one moment have one shape.
 */
export function shapeOf({ root }) {
  const lines = [...entriesOf(root, "")]
    .map(([line]) => line)
    .filter((line) => !line.startsWith("tmp/cabincrew-pipes-"))
    .map((line) =>
      line
        .replace(NAMED_ANEW, "*")
        .replace(/(?<=\*-)\d+/, "*")
        .replace(/^(?!workspace|state\/cabincrew)(.*) \d+$/, "$1"),
    );
  return createHash("sha1").update(lines.sort().join("\n")).digest("hex");
}
