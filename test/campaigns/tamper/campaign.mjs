// Changes one thing after the other in real state directories, and asks whether somebody would notice.
//   npm run campaign:tamper                            every attack
//   npm run campaign:tamper -- 20                      at most 20 of each family, spread evenly
//   npm run campaign:tamper -- --only database,ground  these parts; see parts.mjs, and "rolled back"
// Needs rsync. What by nature cannot be noticed is in test/campaigns/README.md.
import { copyFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Database } from "../../sqlite.mjs";
import { Report } from "../report.mjs";
import { forgetJournal } from "./database.mjs";
import { difference, verifyState } from "./library.mjs";
import { exportRuns, PARTS, publicKeyOf } from "./parts.mjs";
import { copyTree, makeScene, restore } from "./scene.mjs";
import { problemOf } from "./verdict.mjs";
import { playPart } from "./workers.mjs";

const { values: options, positionals } = parseArgs({ options: { only: { type: "string" } }, allowPositionals: true });
const most = Number(positionals[0] ?? Number.POSITIVE_INFINITY);
const wanted = (part) => options.only === undefined || options.only.split(",").includes(part);
const report = new Report("What is changed behind the ledger's back is noticed by `verify` or by take-off");
const scenes = await Promise.all((most < 100 ? [1] : [1, 2]).map(makeScene));
const [scene] = scenes;
const head = scene.below("head.json");
writeFileSync(head, scene.run("audit", "--head").out);
try {
  for (const part of Object.keys(PARTS).filter(wanted)) {
    if (part === "exports") honestExports();
    await playPart(part, { scenes, most, head }, report);
    for (const place of scenes) restore(place);
    writeFileSync(head, scene.run("audit", "--head").out);
  }
  if (wanted("rolled back")) await rolledBack();
} finally {
  for (const each of scenes) each.remove();
}
report.finish();

function honestExports() {
  mkdirSync(scene.below("exports"));
  for (const file of exportRuns(scene)) {
    const done = scene.run("verify", "--json", "--export", file, "--public-key", publicKeyOf(scene));
    report.add("export: unchanged is accepted", problemOf(path.basename(file), done, [0]));
  }
}

/** The state directory, or its database, as it was before; then with a journal that another process had left open. */
async function rolledBack() {
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
    const expected = await verifyState(scene, head);
    report.add("rolled back, with --expect-head", problemOf(name, expected));
    const alone = await verifyState(scene);
    if (name in markLeft) report.add("rolled back, mark left behind", problemOf(name, alone));
    // That it is intact in itself is what makes the anchor necessary; should this ever change, the table is to say so.
    else report.add("rolled back with its mark: not noticed, by nature", problemOf(name, alone, [0]));
    if (name !== "whole state directory") continue;
    const said = scene.run("verify", "--json", "--expect-head", head);
    report.add("library and program answer alike", difference(name, expected, said));
  }
  copyTree(`${scene.pristine}/state`, scene.state);
  rmSync(path.join(scene.state, "cabincrew.db"));
  report.add("database removed", problemOf("verify", scene.run("verify", "--json")));
  report.add(
    "database removed",
    problemOf("run", scene.run("plan", scene.below("workspaces", "completed"), "--json", "--", "true")),
  );
}
