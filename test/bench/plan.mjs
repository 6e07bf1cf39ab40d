// Planning costs as much as the change, not as the workspace: the same one-line edit in a tree of 100 and of 100,000 files. The
// hash of the workspace is shown apart: it is cheap from the second time on, and not part of what planning costs.
//   npm run bench -- plan
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { cli, inTurns, median, report, run, scratch } from "./timing.mjs";

const directory = scratch();
function tree(name, files) {
  const workspace = path.join(directory, name);
  for (let index = 0; index < files; index += 1) {
    const folder = path.join(workspace, `d${index % 100}`);
    if (index < 100) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `f${index}.txt`), `file ${index}\n`);
  }
  writeFileSync(path.join(workspace, "one-file"), "x\n");
  return workspace;
}
const sizes = { "100 files": tree("small", 100), "100,000 files": tree("large", 100_000) };
const planned = { "100 files": [], "100,000 files": [] };
const plan = (name) => () => {
  const args = [
    "--state-dir",
    path.join(directory, "state"),
    "plan",
    sizes[name],
    "--json",
    "--",
    "sh",
    "-c",
    "echo x >> one-file",
  ];
  const { run_id } = JSON.parse(run(process.execPath, [cli, ...args]).stdout);
  const shown = JSON.parse(
    run(process.execPath, [cli, "--state-dir", path.join(directory, "state"), "show", run_id, "--json"]).stdout,
  );
  const at = (type) => Date.parse(shown.timeline.find((event) => event.type === type).at);
  planned[name].push(at("flight_plan.completed") - at("flight_plan.started"));
};
const times = await inTurns(Object.fromEntries(Object.keys(sizes).map((name) => [name, plan(name)])), 7);
report("a whole plan, the hash of the workspace included (plan and show, two processes)", times);
const [small, large] = Object.values(planned).map(median);
console.log("\nplanning alone: private copy, command, collecting the change, sealing");
console.log(`  ${String(small).padStart(9)} ms  x 1.00  100 files`);
console.log(`  ${String(large).padStart(9)} ms  x ${(large / small).toFixed(2)}  100,000 files  (goal: at most 1.3 x)`);
