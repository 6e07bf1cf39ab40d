// Processes that share the attacks of one part: each does every n-th, so that both cores work and a hang or a leak in one is seen.
import { fork } from "node:child_process";
import path from "node:path";

const SILENCE_MS = 120_000;
const PROGRESS_MS = 30_000;

/** Plays `part` with a process for each of `scenes` and adds what they tell to `report`; rows and progress go to stderr. */
export async function playPart(part, { scenes, most, head }, report) {
  const began = performance.now();
  const left = new Map();
  const count = { done: 0, failed: 0, all: 0 };
  const say = (text) =>
    process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${part}: ${text}\n`);
  const hear = ({ families = [], family, rows = [] }) => {
    for (const kind of families) {
      const [ahead, played, failed] = left.get(kind) ?? [0, 0, 0];
      left.set(kind, [ahead + 1, played, failed]);
    }
    count.all += families.length;
    for (const [kind, problem] of rows) {
      report.add(kind, problem);
      if (problem !== undefined) say(`FAILED ${kind}: ${problem}`);
    }
    if (family === undefined) return;
    const failed = rows.filter(([, problem]) => problem !== undefined).length;
    const row = left.get(family);
    row[0] -= 1;
    row[1] += 1;
    row[2] += failed;
    count.done += 1;
    count.failed += failed;
    if (row[0] === 0) say(`${family}: ${row[1]} attacks, ${row[2]} failed`);
  };
  const progress = setInterval(() => say(`${count.done} of ${count.all} attacks, ${count.failed} failed`), PROGRESS_MS);
  const known = ({ root, runs, pristine }) => ({ root, runs, pristine });
  await Promise.all(
    scenes.map(async (own, worker) => {
      const task = { part, shard: [worker, scenes.length], head, scene: known(scenes[0]), own: known(own) };
      const problem = await worked({ ...task, ...(Number.isFinite(most) ? { most } : {}) }, hear);
      if (problem !== undefined) hear({ rows: [["all attacks are played", problem]] });
    }),
  );
  clearInterval(progress);
}

/** A sentence where a process did not come to its end. */
function worked(task, hear) {
  const child = fork(path.join(import.meta.dirname, "worker.mjs"), [JSON.stringify(task)], {
    serialization: "advanced",
  });
  let begun = "nothing";
  let ended = false;
  const giveUp = () => child.kill("SIGKILL");
  let patience = setTimeout(giveUp, SILENCE_MS);
  child.on("message", (message) => {
    clearTimeout(patience);
    patience = setTimeout(giveUp, SILENCE_MS);
    begun = message.begun ?? begun;
    ended ||= message.ended === true;
    hear(message);
  });
  return new Promise((resolve) => {
    child.once("close", (code, signal) => {
      clearTimeout(patience);
      resolve(ended && code === 0 ? undefined : `${begun}: its process ended with ${code ?? signal}`);
    });
  });
}
