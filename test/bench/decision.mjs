// What judging adds to a flight-plan whose engine takes 600 ms: the shipped packs and models against none at all (which denies). They
// load while the engine runs, so what is left is asking them. Nothing is asserted.
//   npm run bench -- decision
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cli, inTurns, median, report, run, scratch } from "./timing.mjs";

const directory = scratch();
const unjudged = path.join(directory, "governance");
const workspace = path.join(directory, "workspace");
for (const each of [unjudged, workspace]) mkdirSync(each);
writeFileSync(path.join(unjudged, "governance.json"), JSON.stringify({ version: 1, policies: [], models: [] }));
writeFileSync(path.join(workspace, "file.txt"), "one\n");

/** Milliseconds from one entry of the ledger to the other, by run. */
const judging = { "no judge": [], "shipped packs and models": [] };
const plan = (name, governance, expect) => () => {
  const state = ["--state-dir", path.join(directory, "state")];
  const command = ["--", "sh", "-c", "sleep 0.6; echo two >> file.txt"];
  const { run_id } = JSON.parse(
    run(process.execPath, [cli, ...state, "plan", workspace, ...governance, "--json", ...command], { expect }).stdout,
  );
  const { timeline } = JSON.parse(run(process.execPath, [cli, ...state, "show", run_id, "--json"]).stdout);
  const at = (type) => Date.parse(timeline.find((event) => event.type === type).at);
  judging[name].push(at("preflight.completed") - at("flight_plan.completed"));
};
const times = await inTurns(
  {
    "no judge": plan("no judge", ["--governance", unjudged], 4),
    "shipped packs and models": plan("shipped packs and models", [], 0),
  },
  Number(process.env.ROUNDS ?? 15),
);
report("a whole plan and show of it, two processes", times);
const [none, all] = Object.values(judging).map(median);
console.log(`\n  from the sealed plan to the decision: ${none} ms with no judge, ${all} ms with the shipped ones`);
console.log(`  the judges add ${all - none} ms  (goal: at most 30)`);
