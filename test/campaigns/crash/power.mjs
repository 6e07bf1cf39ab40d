// What a power cut or a bad disk does to files: the database, its log and the store cut short or garbled. Judged by what was
// acknowledged before: every entry of it is still there, or the damage is told; an entry that is gone without a word is the
// one thing that must not be.
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { openCrew, verifyLedger } from "../../../dist/index.mjs";
import { Database } from "../../sqlite.mjs";
import { ENGINES } from "./engines.mjs";
import { Place, PROGRAM } from "./place.mjs";
import { STEPS, traced } from "./tracer.mjs";
import { differenceOf, treeOf } from "./tree.mjs";
import { VERBS } from "./verbs.mjs";

const PAGE = 4096;
const LOG_HEAD = 32;
const FRAME = 24 + PAGE;

/** `every`: of the damages within pages one in so many; those at their boundaries are all tried. */
export async function powerLoss(tracer, root, report, every) {
  await database(root, report, every, "closed", undefined);
  await database(root, report, every, "killed", tracer);
  await store(root, report);
}

/** A run that took off and one that waits; with a tracer also a third whose commits are in the log only, all killed at once. */
async function ledger(place, tracer) {
  const engine = ENGINES.exec;
  place.govern("decided");
  engine.files(place);
  const first = await VERBS.approve.prepare(place, engine);
  await place.cabincrew("approve", first.run_id, "--resume", ...place.governance);
  const argv = VERBS.run.argv(place, engine);
  await place.cabincrew(...argv.slice(0, -1), "echo more > more.txt");
  if (!tracer) return;
  const command = [process.execPath, PROGRAM, ...argv.slice(0, -1), "echo third > third.txt"];
  const surroundings = { cwd: place.workspace, env: place.env, stdout: place.stdout, stderr: place.stderr };
  // Late enough that a good part of the run was committed, early enough that nothing was moved out of the log yet.
  const strike = 20;
  const killed = await traced(tracer, { calls: STEPS.fsync, strike, action: "all" }, command, surroundings);
  await killed.end(5_000);
  if (!existsSync(path.join(place.state, "cabincrew.db-wal"))) throw new Error("preparing: no log was left behind");
}

async function database(root, report, every, how, tracer) {
  const place = new Place(root);
  place.clear();
  await ledger(place, tracer);
  const files = ["cabincrew.db", "cabincrew.db-wal", "high-water"];
  const original = new Map(files.map((name) => [name, bytesOf(path.join(place.state, name))]));
  const putBack = () => {
    for (const [name, bytes] of original) {
      const file = path.join(place.state, name);
      if (bytes) writeFileSync(file, bytes);
      else rmSync(file, { force: true });
    }
    rmSync(path.join(place.state, "cabincrew.db-shm"), { force: true });
  };
  const acknowledged = entriesOf(place);
  putBack();
  const log = original.get("cabincrew.db-wal");
  const damaged = [["cabincrew.db", PAGE, 0], ...(log?.length ? [["cabincrew.db-wal", FRAME, LOG_HEAD]] : [])];
  for (const [name, unit, head] of damaged) {
    const bytes = original.get(name);
    const kind = `${how}: ${name}`;
    let unanchored = 0;
    for (const [what, changed] of damages(bytes, unit, head, every)) {
      putBack();
      writeFileSync(path.join(place.state, name), changed);
      const verdict = await judge(place, acknowledged);
      report.add(`${kind}, ${what.split(" ")[0]}`, verdict.problem && `${what}: ${verdict.problem}`);
      if (verdict.told !== "mark") continue;
      unanchored += 1;
    }
    report.note(`${kind}, cut`, `${unanchored} damages to it shortened the ledger; told by its high-water mark alone`);
  }
}

/** [what, bytes]: cut at every boundary and beside it, each page zeroed, each page garbled at its beginning and inside. */
function* damages(bytes, unit, head, every) {
  let turn = 0;
  for (let at = head; at < bytes.length; at += unit) {
    yield [`cut to ${at}`, bytes.subarray(0, at)];
    for (const inside of [1, 100, unit >> 1, unit - 1]) {
      turn += 1;
      if (turn % every === 0) yield [`cut to ${at + inside}`, bytes.subarray(0, at + inside)];
    }
    yield [`zeroed ${unit} at ${at}`, replaced(bytes, at, Buffer.alloc(Math.min(unit, bytes.length - at)))];
    for (const inside of [0, 8, 30, 200, unit >> 1, unit - 40]) {
      turn += 1;
      const place = at + inside;
      if (turn % every === 0 && place < bytes.length)
        yield [`garbled at ${place}`, replaced(bytes, place, flipped(bytes, place))];
    }
  }
  for (let at = 0; at < head; at += 4) yield [`garbled at ${at}`, replaced(bytes, at, flipped(bytes, at))];
}

const flipped = (bytes, at) => Buffer.from(bytes.subarray(at, at + 8)).map((byte) => byte ^ 0xa5);

function replaced(bytes, at, by) {
  const changed = Buffer.from(bytes);
  by.copy(changed, at);
  return changed;
}

/** { problem } when an acknowledged entry is gone without a word, or the tool broke; { told: "mark" } when only the mark told. */
async function judge(place, acknowledged) {
  let crew;
  try {
    crew = await openCrew({
      stateDir: place.state,
      configDir: place.env.XDG_CONFIG_HOME,
      environment: place.env,
      principal: { id: "campaign", proven: false },
      create: false,
    });
    const { findings } = await verifyLedger(crew, {});
    if (findings.length > 0)
      return { told: findings.every(({ message }) => /was recorded and is/.test(message)) ? "mark" : "" };
    const runs = await crew.store.list({ limit: 100 });
    for (const { run_id } of runs) await crew.store.load(run_id);
  } catch (error) {
    if (error.code === "ledger_corrupt" && error.exitCode === 5) return { told: "refused" };
    return { problem: `${error.code ?? error.name}: ${error.message} ${error.stack?.split("\n")[3] ?? ""}` };
  } finally {
    await crew?.close();
  }
  const left = entriesOf(place);
  const gone = acknowledged.filter((hash) => !left.includes(hash)).length;
  return gone > 0 ? { problem: `${gone} of ${acknowledged.length} entries are gone and nothing tells` } : {};
}

function entriesOf({ state }) {
  const db = new Database(path.join(state, "cabincrew.db"));
  try {
    return db.prepare("select hash from entries order by seq").pluck().all();
  } finally {
    db.close();
  }
}

const bytesOf = (file) => (existsSync(file) ? readFileSync(file) : undefined);

/** Every file of the store, damaged one by one: verify finds it, and take-off of the waiting run refuses it or does not need it. */
async function store(root, report) {
  const place = new Place(root);
  place.clear();
  const engine = ENGINES.exec;
  place.govern("decided");
  engine.files(place);
  const { run_id } = await VERBS.approve.prepare(place, engine);
  await place.cabincrew("approve", run_id, ...place.governance);
  place.keep();
  const undisturbed = await place.cabincrew("resume", run_id, ...place.governance);
  if (undisturbed.code !== 0) throw new Error(`preparing: resume ended with ${undisturbed.code}: ${undisturbed.out}`);
  const expected = treeOf(place.workspace);
  place.restore();
  const before = treeOf(place.workspace);
  const names = readdirSync(path.join(place.state, "store"), { recursive: true })
    .map(String)
    .filter((name) => /[0-9a-f]{64}$/.test(name));
  const ways = {
    cut: (file, size) => truncateSync(file, Math.max(0, size - 1)),
    emptied: (file) => truncateSync(file, 0),
    garbled: (file, size) =>
      writeFileSync(file, replaced(readFileSync(file), size >> 1, Buffer.from([readFileSync(file)[size >> 1] ^ 1]))),
    gone: (file) => rmSync(file),
  };
  for (const name of names) {
    for (const [way, damage] of Object.entries(ways)) {
      place.restore();
      const file = path.join(place.state, "store", name);
      const { size } = lstatSync(file);
      if (size === 0) continue;
      damage(file, size);
      const found = (await place.findings()).length > 0;
      report.add(`store: ${way}`, found ? undefined : `${name}: verify finds nothing`);
      const { code } = await place.cabincrew("resume", run_id, ...place.governance);
      const tree = treeOf(place.workspace);
      const right = (code === 5 && !differenceOf(tree, before)) || (code === 0 && !differenceOf(tree, expected));
      report.add(`store: ${way}, take-off`, right ? undefined : `${name}: take-off ended with ${code}`);
    }
  }
}
