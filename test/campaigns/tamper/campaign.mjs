// Changes one thing after the other in real state directories, and asks whether somebody would notice.
//   npm run campaign:tamper            every attack
//   npm run campaign:tamper -- 20      at most 20 of each family, spread evenly
// Needs rsync. What by nature cannot be noticed is in test/campaigns/README.md.
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { Report } from "../report.mjs";
import { bundleAttacks, mixedBundles, strangersBundle, trailAttacks } from "./bundles.mjs";
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
import { copyOfState, copyTree, makeScene, restore } from "./scene.mjs";
import { inPlaces, problemOf, spread } from "./verdict.mjs";

/** What the plan of the approved run would make; nothing else may ever be found there. */
const EFFECT = '{"lockfileVersion":3}\n';

const most = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
const report = new Report("What is changed behind the ledger's back is noticed by `verify` or by take-off");
const scenes = await Promise.all((most < 100 ? [1] : [1, 2]).map(makeScene));
const [scene] = scenes;
const head = scene.below("head.json");
writeFileSync(head, scene.run("audit", "--head").out);
try {
  await database();
  await filesOfTheState();
  await ground();
  await exported();
  rolledBack();
} finally {
  for (const each of scenes) each.remove();
}
report.finish();

/** Copies of the state directory that `verify` can be asked about at the same time. */
function copies() {
  return [1, 2, 3].map((name) => copyOfState(scene, `copy${name}`));
}

async function database() {
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
  const last = Object.values(scene.runs).at(-1).id;
  const places = copies();
  await inPlaces(places, attacks, async (place, { kind, name, attack }) => {
    forgetJournal(place.state);
    copyFileSync(path.join(scene.pristine, "state", "cabincrew.db"), path.join(place.state, "cabincrew.db"));
    try {
      attackDatabase(place.state, attack);
    } catch (error) {
      // The table's own constraints do not let the row be written so.
      if (!String(error.code).startsWith("SQLITE_CONSTRAINT")) throw error;
      return report.add("refused by the database's constraints", undefined);
    }
    const codes = name === "format 2000" ? [2] : [5];
    const tail = kind === "whole run removed" && name === last;
    const done = tail
      ? await place.ask("verify", "--json", "--expect-head", head)
      : await place.ask("verify", "--json");
    report.add(tail ? "last run removed, with --expect-head" : kind, problemOf(name, done, codes));
  });
  for (const place of places) place.remove();
}

async function filesOfTheState() {
  const attacks = [...spread([...storeAttacks(scene.pristine)], most), ...spread([...keyAttacks()], most)];
  const places = copies();
  await inPlaces(places, attacks, async (place, { kind, name, attack }) => {
    copyTree(path.join(scene.pristine, "state"), place.state);
    attack(place.state);
    report.add(kind, problemOf(name, await place.ask("verify", "--json")));
  });
  for (const place of places) place.remove();
}

async function ground() {
  const attacks = spread([...groundAttacks(scene)], most * 2);
  await inPlaces(scenes, attacks, async (place, { kind, name, run, codes, attack }) => {
    restore(place);
    attack(place);
    const done = await place.ask("resume", place.runs[run].id, "--json");
    const effect = place.below("workspaces", "approved", "package-lock.json");
    const text = existsSync(effect) ? readFileSync(effect, "utf8") : undefined;
    const wrong = text === (done.code === 0 && run === "approved" ? EFFECT : undefined);
    report.add(
      kind,
      problemOf(name, done, codes) ?? (wrong ? undefined : `${name}: exit ${done.code}, but effect ${text}`),
    );
  });
  for (const place of scenes) restore(place);
  writeFileSync(head, scene.run("audit", "--head").out);
}

async function exported() {
  const bundles = ["voted", "completed", "failed"].map((name) => scene.run("export", scene.runs[name].id).out);
  const trail = scene.run("audit").out;
  const attacks = [
    ...spread(
      bundles.flatMap((text, index) => [...bundleAttacks(text, String(index))]),
      most,
    ),
    ...spread([...mixedBundles(bundles[0], bundles[1]), ...mixedBundles(bundles[1], bundles[0])], most),
    strangersBundle(bundles[0]),
    ...spread([...trailAttacks(trail)], most),
  ];
  const key = path.join(scene.state, "keys", "ledger.pub.pem");
  const check = (file) => scene.ask("verify", "--json", "--export", file, "--public-key", key);
  for (const [index, text] of [...bundles, trail].entries()) {
    const file = scene.below(`honest-${index}`);
    writeFileSync(file, text);
    report.add("export: unchanged is accepted", problemOf(`honest ${index}`, await check(file), [0]));
  }
  await inPlaces([1, 2, 3], attacks, async (place, { kind, name, codes, text }) => {
    const file = scene.below(`export-${place}`);
    writeFileSync(file, text);
    report.add(kind, problemOf(name, await check(file), codes));
  });
}

/** The state directory, or its database, as it was before; then with a journal that another process had left open. */
function rolledBack() {
  const older = `${scene.root}.older`;
  const journal = `${scene.root}.journal`;
  const reader = new Database(path.join(scene.state, "cabincrew.db"));
  reader.pragma("journal_mode = WAL");
  reader.exec("begin; select count(*) from entries");
  scene.expect(0, scene.plan("journal", "plan", "echo four >> notes.txt"));
  cpSync(scene.state, journal, { recursive: true });
  reader.close();
  scene.expect(0, scene.plan("later", "plan", "echo five >> notes.txt"));
  writeFileSync(head, scene.run("verify", "--json").out);
  scene.expect(0, scene.run("verify", "--json", "--expect-head", head));
  copyTree(scene.state, `${scene.pristine}/state`);
  const copy = (from, ...names) => {
    for (const name of names) copyFileSync(path.join(from, name), path.join(scene.state, name));
  };
  // The mark beside the database (spec/ledger.md 23) is what tells a rollback that forgot it; who takes it along needs an anchor to be found.
  const markLeft = {
    "database alone": () => copy(older, "cabincrew.db"),
    "database and journal": () => copy(journal, "cabincrew.db", "cabincrew.db-wal"),
    "whole state directory, journal dropped": () => {
      copyTree(journal, scene.state);
      forgetJournal(scene.state);
    },
  };
  const markTaken = {
    "whole state directory": () => copyTree(older, scene.state),
    "database and mark": () => copy(older, "cabincrew.db", "high-water"),
    "whole state directory with its journal": () => copyTree(journal, scene.state),
  };
  for (const [name, way] of Object.entries({ ...markLeft, ...markTaken })) {
    copyTree(`${scene.pristine}/state`, scene.state);
    forgetJournal(scene.state);
    way();
    report.add(
      "rolled back, with --expect-head",
      problemOf(name, scene.run("verify", "--json", "--expect-head", head)),
    );
    if (name in markLeft) report.add("rolled back, mark left behind", problemOf(name, scene.run("verify", "--json")));
    // That it is intact in itself is what makes the anchor necessary; should this ever change, the table is to say so.
    else
      report.add(
        "rolled back with its mark: not noticed, by nature",
        problemOf(name, scene.run("verify", "--json"), [0]),
      );
  }
  copyTree(`${scene.pristine}/state`, scene.state);
  rmSync(path.join(scene.state, "cabincrew.db"));
  report.add("database removed", problemOf("verify", scene.run("verify", "--json")));
  report.add(
    "database removed",
    problemOf("run", scene.run("plan", scene.below("workspaces", "completed"), "--json", "--", "true")),
  );
}
