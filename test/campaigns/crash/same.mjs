// Which failing calls of two scenes are the same step of the same program: they are struck in the first of these scenes alone.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What differs from run to run within a path: names of runs, digests, process ids, what mkdtemp draws. */
const DRAWN = /[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{8,}|\d+|[.-][A-Za-z0-9_-]{6}(?=\/|$)|(?<=store\/)[0-9a-f]{2}(?=\/)/g;

/** Verbs that take the steps of another: a plan is a run's first part, a retry is a run, and who approves may resume. */
const WAYS = { plan: "run", retry: "run", "approve --resume": "resume" };

/** Verbs of a run whose take-off has begun. */
const LATE = new Set(["recover", "resolve"]);

/** With this directory of what was approved the driver begins a take-off. */
const TAKES_OFF = /\/sealed$/;

/** What a failure in take-off leads to differs with these. */
const kindOf = ({ repeatable, asks, torn, effects }) =>
  [repeatable, asks, torn, effects !== undefined].map(Boolean).join();

/**
 * A name for each of these calls, in their order: who makes it, which call on which file, the how manieth of those it is, and what
 * kind of engine is in take-off. Equal names in two scenes are the same step.
 */
export function namesOf(calls, { verb, engine }) {
  const begun = calls.findIndex(
    ({ role, name, file }) => role === "driver" && name === "mkdir" && TAKES_OFF.test(file),
  );
  const kind = kindOf(engine);
  const times = new Map();
  return calls.map(({ role, program, name, file }, position) => {
    const step = `${WAYS[verb] ?? verb}: ${role} ${program} ${name} ${file.replace(DRAWN, "*")}`;
    const time = (times.get(step) ?? 0) + 1;
    times.set(step, time);
    const late = LATE.has(verb) || (begun >= 0 && position >= begun);
    return `${step} ${time}${late ? ` ${kind}` : ""}`;
  });
}

const fileOf = (directory, { verb, engine }) => path.join(directory, `${verb}, ${engine}.json`);

/** Keeps what was counted of a scene, for itself and for those after it. */
export function keepCounted(directory, scene, counted) {
  writeFileSync(fileOf(directory, scene), JSON.stringify(counted));
}

export const countedOf = (directory, scene) => JSON.parse(readFileSync(fileOf(directory, scene), "utf8"));
