// The cases of a scene: at which of its moments what is struck. Which are tried is decided here alone, and so is what that leaves out.
import path from "node:path";
import { FAULTS } from "./faults.mjs";
import { STEPS } from "./tracer.mjs";

/** Exit code of a worker: there is more to do, for a process that has nothing behind it. */
export const AGAIN = 75;

/** One in so many moments is also struck by a real kill of everything, beside its state on disk. */
const REAL = 25;
/** One in so many failing calls before the program's first line: what fails there, Node or the loader tells. */
const START = 20;
/** How many failing calls of these groups by engines and helpers are tried in a scene, for each error. */
const SOME = 30;
/** Groups that change nothing outside; what an engine or a helper reads at its start-up is mostly its loader's. */
const HARMLESS = new Set(["open", "read", "mmap", "execve", "fork"]);
/** Calls that others hear of without looking at the disk. */
const SPEAKING = new Set(["write", "writev", "execve", "clone", "clone3", "fork", "vfork", "exit_group"]);
/** What is no file is not counted by the tracer either, where it is asked for the calls of one role. */
const NO_FILE = /^(pipe|socket):/;
/** A look at every process and descriptor there is: the first turns of such a loop are struck. */
const LOOP = /^(fdinfo\/|fd\/)?\d+\/?(environ|stat|status|fd|fdinfo)?$/;
const TURNS = 3;
/** The program's own first file. */
const FIRST = "cabincrew.cjs";

export const callsOf = (groups) => [...new Set(groups.flatMap((group) => STEPS[group]))];

/** Calls that are watched for the errors of these groups: one run counts all. */
export const faultyCalls = (faults) => [...new Set(faults.flatMap(({ calls }) => calls))];

export function faultsOf({ error, call }) {
  return FAULTS.filter((fault) => (!error || error.includes(fault.error)) && (!call || call.includes(fault.call)));
}

/** About `count` of a list, begun elsewhere with each seed; all of it without a count. */
function some(list, count, seed) {
  const every = count ? Math.max(1, Math.ceil(list.length / count)) : 1;
  return list.filter((_, index) => index % every === seed % every);
}

/**
 * Kills. `moments` as watched: { index, name, role, pid, company, state }. A kill of everything is its state on disk; a kill of one
 * process is that as well where it lives alone. Resolves to { cases, figures }.
 */
export function killCases(moments, calls, { kill, sample, seed, at, full }) {
  const pick = (list, count) => (at ? list.filter(({ index }) => index === at) : some(list, count, seed));
  const seen = moments.filter(({ state }) => state !== undefined);
  const first = new Map();
  for (const moment of seen) if (!first.has(moment.state)) first.set(moment.state, moment);
  const really = (list, action) =>
    list.map(({ index }) => ({ kind: `${action} killed`, calls, strike: index, action }));
  const real = full ? pick(moments, sample) : pick(moments, sample ? 1 : Math.ceil(moments.length / REAL));
  // What could not be held still to be looked at is killed.
  const torn = full || sample || at ? [] : moments.filter(({ state }) => state === undefined);
  const states = pick([...first.values()], sample).map((struck) => ({
    kind: "all killed, state",
    state: struck.state,
    struck,
  }));
  const others = moments.filter(({ company }) => company !== 0);
  const loud = withoutSilent(others, moments);
  const told = full || at ? moments : loud;
  return {
    cases: [
      ...(kill.includes("all") ? [...states, ...really(real, "all"), ...really(torn, "all")] : []),
      ...(kill.includes("self") ? really(pick(told, sample), "self") : []),
    ],
    figures: {
      moments: moments.length,
      states: first.size,
      alone: moments.length - others.length,
      silent: others.length - loud.length,
      torn: moments.length - seen.length,
    },
  };
}

/**
 * Between two calls of one process, of which the first left the disk as it was and spoke to nobody (it flushed, it failed, it was
 * within a sandbox's own file system or a transaction that is not committed), nothing differs but the process itself: to kill
 * it at the second is to kill it at the first.
 */
function withoutSilent(struck, moments) {
  const silent = new Map();
  for (const [position, { pid, name, state }] of moments.entries()) {
    const after = moments[position + 1]?.state;
    moments[position].before = silent.get(pid) ?? false;
    silent.set(pid, state !== undefined && after === state && !SPEAKING.has(name));
  }
  return struck.filter(({ before }) => !before);
}

/**
 * Failing calls, of those that an undisturbed command makes: `counted` as the tracer tells them. `struck`: for each, whether it is
 * struck in another scene. Resolves to { cases, figures }, of which `calls` is how many there are.
 */
export function errorCases(counted, faults, { sample, seed, at, full }, struck = []) {
  // Node reads it, to its end.
  const begun = counted.findLastIndex(
    ({ role, name, file }) => role === "driver" && name === "read" && path.basename(file) === FIRST,
  );
  const turns = new Map();
  const seen = counted.map((call, position) => ({
    ...call,
    early: call.role === "driver" && position <= begun,
    same: struck[position] === true,
    again: LOOP.test(call.file) && oneMore(turns, `${call.name} ${call.file.replace(/\d+/g, "*")}`) > TURNS,
  }));
  const figures = { calls: 0, start: 0, same: 0, again: 0, harmless: 0, sample: 0 };
  const cases = faults.flatMap(({ call, error, calls, errno }) => {
    // The driver's calls come in one order; how those of other processes lie between them is chance.
    const by = (role) =>
      seen
        .filter((each) => each.role === role && calls.includes(each.name) && !NO_FILE.test(each.file))
        .map((each, index) => ({ ...each, strike: index + 1 }));
    const [driver, others] = [by("driver"), by("other")];
    const made = [...driver, ...others];
    figures.calls += made.length;
    let tried = made;
    if (at) tried = made.filter(({ strike }) => strike === at);
    else if (sample) tried = some(made, sample, seed);
    else if (!full) {
      const early = driver.filter((each) => each.early);
      const started = some(early, Math.ceil(early.length / START), seed);
      const late = made.filter((each) => !each.early);
      const unlike = late.filter((each) => !each.same);
      const fresh = unlike.filter((each) => !each.again);
      const outside = fresh.filter(({ role }) => role === "other");
      const few = HARMLESS.has(call) ? some(outside, SOME, seed) : outside;
      figures.start += early.length - started.length;
      figures.same += late.length - unlike.length;
      figures.again += unlike.length - fresh.length;
      figures.harmless += outside.length - few.length;
      tried = [...started, ...fresh.filter(({ role }) => role === "driver"), ...few];
    }
    if (sample) figures.sample += made.length - tried.length;
    return tried.map(({ role, strike }) => ({ kind: `${call}: ${error}`, calls, role, strike, action: errno }));
  });
  return { cases, figures };
}

function oneMore(counts, key) {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
