// The parts of the campaign that several processes share: which attacks there are, and how one is played in a place of its own.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Database } from "../../sqlite.mjs";
import { bundleAttacks, mixedBundles, readText, strangersBundle, trailAttacks } from "./bundles.mjs";
import {
  attackDatabase,
  changedColumns,
  changedSchema,
  forgedEntries,
  forgetJournal,
  movedRows,
  replayedEvents,
} from "./database.mjs";
import { groundAttacks, keyAttacks, storeAttacks } from "./files.mjs";
import { difference, verifyFile, verifyState } from "./library.mjs";
import { copyOfState, copyTree, restore } from "./scene.mjs";
import { problemOf, spread } from "./verdict.mjs";

/** What the plan of the approved run would make; nothing else may ever be found there. */
const EFFECT = '{"lockfileVersion":3}\n';

/** Every so many attacks the program itself is asked as well; every so many what nobody touched must be accepted. */
const TWICE = 20;
const UNTOUCHED = 50;

/**
 * Each part: its `attacks`, the `place` a process plays them in, and `play`, which gives rows of the report (kind, problem).
 * `context`: the scene all processes share, the one that is this process's `own`, `most` attacks of a family, the `head` noted.
 */
export const PARTS = {
  database: { attacks: databaseAttacks, place: copyFor, play: playDatabase },
  "state directory": { attacks: stateAttacks, place: copyFor, play: playState },
  ground: { attacks: ({ scene, most }) => spread([...groundAttacks(scene)], most * 2), place: own, play: playGround },
  exports: { attacks: exportAttacks, place: ({ scene }) => ({ place: scene, close() {} }), play: playExport },
};

function copyFor({ scene }, number) {
  const place = copyOfState(scene, `copy${number}`);
  return { place, close: () => place.remove() };
}

/** An approved run knows its workspace by its path, so that it can be resumed only where it was made. */
function own({ own: place }) {
  return { place, close: () => restore(place) };
}

function databaseAttacks({ scene, most }) {
  const db = new Database(path.join(scene.pristine, "state", "cabincrew.db"), { readonly: true });
  const families = [
    changedColumns(db),
    movedRows(db),
    forgedEntries(db),
    replayedEvents(db, scene.runs),
    changedSchema(),
  ];
  const attacks = families.flatMap((family) => spread([...family], most));
  db.close();
  return attacks;
}

function stateAttacks({ scene, most }) {
  return [...spread([...storeAttacks(scene.pristine)], most), ...spread([...keyAttacks()], most)];
}

/** `setUp` makes the attack, anew for each question, since asking may itself change something; `library` and `program` ask. */
async function playTwice({ kind, name, codes, number, reset, attack, library, program }) {
  const rows = [];
  if (number % UNTOUCHED === 0 && reset) {
    reset();
    rows.push(["what nobody touched is accepted", problemOf(name, await library(), [0])]);
  }
  const setUp = () => {
    reset?.();
    attack();
  };
  setUp();
  const answer = await library();
  rows.push([kind, problemOf(name, answer, codes)]);
  if (number % TWICE === 0) {
    setUp();
    const said = await program();
    rows.push(["library and program answer alike", problemOf(name, said, codes) ?? difference(name, answer, said)]);
  }
  return rows;
}

async function playDatabase({ head, scene }, place, { kind, name, attack }, number) {
  const reset = () => {
    forgetJournal(place.state);
    for (const file of ["cabincrew.db", "high-water"])
      copyFileSync(path.join(scene.pristine, "state", file), path.join(place.state, file));
  };
  const tail = kind === "whole run removed" && name === Object.values(scene.runs).at(-1).id;
  const expected = tail ? ["--expect-head", head] : [];
  try {
    return await playTwice({
      kind: tail ? "last run removed, with --expect-head" : kind,
      name,
      codes: name === "format 2000" ? [2] : [5],
      number,
      reset,
      attack: () => attackDatabase(place.state, attack),
      library: () => verifyState(place, tail ? head : undefined),
      program: () => place.ask("verify", "--json", ...expected),
    });
  } catch (error) {
    // The table's own constraints do not let the row be written so.
    if (!String(error.code).startsWith("SQLITE_CONSTRAINT")) throw error;
    return [["refused by the database's constraints", undefined]];
  }
}

function playState({ scene }, place, { kind, name, attack }, number) {
  return playTwice({
    kind,
    name,
    number,
    reset: () => copyTree(path.join(scene.pristine, "state"), place.state),
    attack: () => attack(place.state),
    library: () => verifyState(place),
    program: () => place.ask("verify", "--json"),
  });
}

/** Always the program itself: what is asked for is that nothing takes off. */
async function playGround(_, place, { kind, name, run, codes, attack }) {
  restore(place);
  attack(place);
  const done = await place.ask("resume", place.runs[run].id, "--json");
  const effect = place.below("workspaces", "approved", "package-lock.json");
  const text = existsSync(effect) ? readFileSync(effect, "utf8") : undefined;
  const wrong = text === (done.code === 0 && run === "approved" ? EFFECT : undefined);
  const problem = problemOf(name, done, codes) ?? (wrong ? undefined : `${name}: exit ${done.code}, effect ${text}`);
  return [[kind, problem]];
}

const exported = (scene, name) => scene.below("exports", name);
const EXPORTED = ["voted", "completed", "failed"];

/** Writes what `exportAttacks` changes; gives the files. */
export function exportRuns(scene) {
  for (const name of EXPORTED) writeFileSync(exported(scene, name), scene.run("export", scene.runs[name].id).out);
  writeFileSync(exported(scene, "trail"), scene.run("audit").out);
  return [...EXPORTED, "trail"].map((name) => exported(scene, name));
}

export const publicKeyOf = (scene) => path.join(scene.state, "keys", "ledger.pub.pem");

function exportAttacks({ scene, most }) {
  const bundles = EXPORTED.map((name) => readText(exported(scene, name)));
  return [
    ...spread(
      bundles.flatMap((text, index) => [...bundleAttacks(text, String(index))]),
      most,
    ),
    ...spread([...mixedBundles(bundles[0], bundles[1]), ...mixedBundles(bundles[1], bundles[0])], most),
    strangersBundle(bundles[0]),
    ...spread([...trailAttacks(readText(exported(scene, "trail")))], most),
  ];
}

function playExport({ scene, worker }, _, { kind, name, codes, text }, number) {
  const file = exported(scene, `attacked-${worker}`);
  return playTwice({
    kind,
    name,
    codes,
    number,
    attack: () => writeFileSync(file, text()),
    library: () => verifyFile(file, publicKeyOf(scene)),
    program: () => scene.ask("verify", "--json", "--export", file, "--public-key", publicKeyOf(scene)),
  });
}
