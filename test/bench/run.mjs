// What governing a run costs, against a floor written by hand and measured in the same minutes.
//   npm run bench -- run        needs a C compiler for the no-op engine
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { benchPlace } from "./place.mjs";
import { cli, inTurns, median, report, root, run } from "./timing.mjs";

const place = benchPlace();
const floor = path.join(root, "test/bench/floor.mjs");
const floorArguments = [floor, place.directory, place.engine, place.policy, place.model];
const governed = (...more) =>
  run(process.execPath, [
    cli,
    "--governance",
    place.governance,
    "--state-dir",
    place.below("state"),
    "run",
    place.workspace,
    "--engine",
    place.engine,
    "--quiet",
    ...more,
  ]);
const bubblewrap = ["/usr/bin/bwrap", "/usr/local/bin/bwrap"].some(existsSync);

const rounds = Number(process.env.ROUNDS ?? 21);
report(
  "one cold governed run: no-op engine, one policy, one model",
  await inTurns(
    {
      "floor, by hand": () => run(process.execPath, floorArguments),
      "cabincrew run --sandbox off": () => governed("--sandbox", "off"),
      ...(bubblewrap ? { "cabincrew run (bubblewrap)": () => governed() } : {}),
    },
    rounds,
  ),
  { "cabincrew run --sandbox off": 1.3, "cabincrew run (bubblewrap)": 1.6 },
);

const shipped = () =>
  run(process.execPath, [
    ...[cli, "--state-dir", place.below("state"), "run", place.workspace, "--quiet"],
    ...["--", "sh", "-c", "echo x >> a.txt"],
  ]);
report(
  "the same against a command on a private copy, with every policy and the model that ship",
  await inTurns(
    { "floor, by hand": () => run(process.execPath, floorArguments), "cabincrew run . -- sh -c …": shipped },
    rounds,
  ),
);

report(
  "what needs no run",
  await inTurns(
    {
      "node -e 0": () => run(process.execPath, ["-e", "0"]),
      "cabincrew --help": () => run(process.execPath, [cli, "--help"]),
      "cabincrew --version": () => run(process.execPath, [cli, "--version"]),
    },
    rounds,
  ),
  { "cabincrew --help": 2, "cabincrew --version": 2 },
);

const { openCrew, startRun } = await import(pathToFileURL(path.join(root, "dist/index.mjs")).href);
const crew = await openCrew({
  stateDir: place.below("state"),
  configDir: place.below("config"),
  governanceDir: place.governance,
  environment: process.env,
  principal: { id: "bench", proven: false },
});
const request = {
  workspace: place.workspace,
  engine: { name: place.engine },
  config: {},
  permissions: { network: false, env: [], secrets: [], read: [], write: [] },
  sandbox: "off",
};
const warm = [];
const warmFloor = [];
for (let block = 0; block < 3; block += 1) {
  warmFloor.push(...JSON.parse(run(process.execPath, [...floorArguments, "60"]).stdout));
  for (let index = 0; index < 60; index += 1) {
    const { exit_code, duration_ms: _, ...rest } = await startRun(crew, request);
    if (exit_code !== 0) throw new Error(JSON.stringify(rest));
  }
  for (let index = 0; index < 60; index += 1) {
    const began = performance.now();
    await startRun(crew, request);
    warm.push(performance.now() - began);
  }
}
await crew.close();
console.log("\none warm governed run: many in one process");
console.log(`  ${median(warmFloor).toFixed(2).padStart(9)} ms  x 1.00  floor, by hand`);
console.log(
  `  ${median(warm).toFixed(2).padStart(9)} ms  x ${(median(warm) / median(warmFloor)).toFixed(2)}  startRun()  (goal: at most 1.3 x)`,
);
