// What an attack came to: held by prevention, detection or a limit; reached what it wanted; or left something behind.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const DOCUMENTED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130, 143];

/** `done` of the run, what was touched or reached, and what the scene was left with, as one word and perhaps a problem. */
export function outcomeOf(attack, mode, { done, reached, left, verified }) {
  const problems = [];
  const off = mode.sandbox === "off";
  const excuse = attack.also ?? (off ? attack.open : undefined);
  const stopped = done.signal === "SIGKILL" && attack.name === "kill-the-driver";
  if (done.hung) problems.push("did not end");
  if (!stopped && !DOCUMENTED.includes(done.code)) problems.push(`ended with ${done.code ?? done.signal}`);
  if (/\n\s+at .+:\d+:\d+/.test(done.err) || done.document?.error?.code === "internal") problems.push("broke down");
  if (attack.codes && !attack.codes.includes(done.code)) problems.push(`exit ${done.code} instead of ${attack.codes}`);
  if (left.length > 0 && !excuse) problems.push(`left ${left.slice(0, 3).join(", ")}`);
  const effects = [...reached, ...(stopped || done.code === 143 ? ["the driver"] : [])];
  const word = wordOf({ done, effects, left, verified });
  if (word === "not covered" && !excuse) problems.push(`reached ${effects.join(", ")}`);
  if (verified !== 0 && !(excuse && verified === 5)) problems.push(`verify ended with ${verified}`);
  return { word, problem: problems.length > 0 ? `${problems.join("; ")} (${brief(done)})` : undefined };
}

function wordOf({ done, effects, left, verified }) {
  if (done.code === 5 || verified === 5) return "detected";
  if (effects.length > 0 || left.some((each) => each.startsWith("process"))) return "not covered";
  return done.code === 7 ? "bounded" : "prevented";
}

function brief({ code, signal, out, err }) {
  return `exit ${code ?? signal}: ${(out || err).replace(/\s+/g, " ").slice(0, 400)}`;
}

/** Living processes with `mark` in their command line or environment, other than this one. */
export function processesWith(mark) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => ["cmdline", "environ"].some((file) => textOf(`/proc/${pid}/${file}`).includes(mark)))
    .filter((pid) => !/\) [ZX] /.test(textOf(`/proc/${pid}/stat`)))
    .map(Number);
}

/** Directories of runs that outlived their run. */
export function filesLeft(state) {
  const below = (name) => {
    try {
      return readdirSync(path.join(state, name));
    } catch {
      return [];
    }
  };
  return below("runs").map((name) => `runs/${name}`);
}

function textOf(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
