// One verb with one engine: prepared once, done once undisturbed to know the right end, then disturbed case by case.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { commandLine } from "./command-line.mjs";
import { ENGINES } from "./engines.mjs";
import { Place, PROGRAM, parsed, withJson } from "./place.mjs";
import { effectsOf, settle } from "./settle.mjs";
import { copyOf, States, shapeOf } from "./states.mjs";
import { traced } from "./tracer.mjs";
import { differenceOf, leftovers, livingIn, treeOf } from "./tree.mjs";
import { VERBS } from "./verbs.mjs";

const EXIT_CODES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
/** Node, or before it the loader, gives up by these where it cannot do without a call. */
const { SIGABRT, SIGTRAP, SIGSEGV } = os.constants.signals;
const GIVEN_UP = new Set([SIGABRT, SIGTRAP, SIGSEGV]);
/** Told by the loader or by Node, before the program's first line. */
const BEFORE_US = /error while loading shared libraries|^\S*node: OpenSSL configuration error:/;
/** Said where the document itself could not be. */
const UNTOLD = /^error The result could not be written to standard output: /m;
const PATIENCE_MS = 5_000;

export class Scene {
  constructor(tracer, root, verbName, engineName) {
    this.tracer = tracer;
    this.place = new Place(root);
    this.engine = ENGINES[engineName];
    this.verb = VERBS[verbName];
    this.library = commandLine(this.place);
    this.kept = `${root}.scene.json`;
    this.states = `${root}.states`;
  }

  async prepare() {
    const { place, engine, verb } = this;
    place.clear();
    if (engine.judges !== "shipped") place.govern(verb.verdict);
    engine.files(place);
    this.known = { ...(await verb.prepare(place, engine, this.tracer)) };
    this.known.effects = effectsOf(place, engine);
    place.keep();
    const undisturbed = await this.disturb({ calls: ["execve"], strike: 0, action: "self" });
    if (undisturbed.problem) throw new Error(`undisturbed: ${undisturbed.problem}`);
    this.expected = treeOf(place.workspace);
  }

  /** What another process needs to go on with the scene (`load`); `more` is given back there. */
  save(more) {
    const { known, expected, place } = this;
    writeFileSync(this.kept, JSON.stringify({ known, expected, governance: place.governance, more }));
  }

  load() {
    const { known, expected, governance, more } = JSON.parse(readFileSync(this.kept, "utf8"));
    Object.assign(this, { known, expected });
    this.place.governance = governance;
    return more;
  }

  get argv() {
    return this.verb.argv(this.place, this.engine, this.known);
  }

  /** Every one of these calls that the undisturbed command makes. */
  async count(calls) {
    this.place.restore();
    const { calls: seen, end } = await this.#command({ calls, strike: 0, action: "self" });
    await end(PATIENCE_MS);
    return seen;
  }

  /** The same, each with the number of the state that is on disk before it: { moments, shapes }. */
  async watch(calls) {
    const { place } = this;
    place.restore();
    rmSync(this.states, { recursive: true, force: true });
    const states = new States(place, this.states);
    const watch = (call) => {
      if (call.company !== undefined) call.state = states.take();
    };
    const watched = await this.#command({ calls, strike: 0, action: "watch", watch });
    await watched.end(PATIENCE_MS);
    const problem = this.#rightlyEnded(watched, { action: 0 });
    if (problem) throw new Error(`watched: ${problem}`);
    return { moments: watched.calls, shapes: states.shapes };
  }

  /** One case: settled by commands of their own, or in this process. Resolves to { problem?, struck?, ends, shape? }. */
  async disturb(disturbance, { inProcess = false } = {}) {
    const { place } = this;
    place.restore();
    const ended = await this.#command(disturbance);
    const struck = disturbance.strike > 0 ? ended.calls[0] : undefined;
    try {
      const everything = struck !== undefined && disturbance.action === "all";
      if (everything) await ended.end(PATIENCE_MS);
      const shape = everything ? shapeOf(place) : undefined;
      if (ended.hung && struck?.name === "mmap" && struck.program === "node") {
        // Without a stack for one of the threads it begins with Node waits for ever, before any code of ours or of an engine.
        this.document = parsed(readFileSync(place.stdout, "utf8"));
        await livingOn(place);
        const judged = await this.#judge(false, inProcess);
        return { struck, ...judged, ends: ["killed as it hung", ...judged.ends] };
      }
      const problem = this.#rightlyEnded(ended, disturbance);
      if (problem) return { problem, struck, ends: [] };
      const driverDied = struck && (everything || struck.role === "driver") && ended.signal !== null;
      return { struck, shape, ...(await this.#judge(Boolean(struck) && !driverDied, inProcess)) };
    } finally {
      const clean = await ended.end(PATIENCE_MS);
      if (!clean) await ended.end(0);
    }
  }

  /** One case: everything was killed in a state that `watch` found. */
  async left(state, { inProcess }) {
    this.place.restore(copyOf(this.states, state));
    this.document = parsed(readFileSync(this.place.stdout, "utf8"));
    return this.#judge(false, inProcess);
  }

  async #judge(excuse, inProcess) {
    const { place, engine, verb, argv, known } = this;
    place.inProcess = inProcess ? this.library : undefined;
    const problem = await this.#acknowledged();
    if (problem) return { problem, ends: [] };
    const settled = await settle(place, engine, verb, argv, { excuse, known });
    return { ends: settled.ends, problem: settled.problem ?? (await this.#rightlyLeft(settled)) };
  }

  #command(disturbance) {
    const { place, argv, tracer } = this;
    const { workspace: cwd, env, stdout, stderr } = place;
    const command = [process.execPath, PROGRAM, ...withJson(argv)];
    const deadlineMs = disturbance.watch ? 600_000 : 60_000;
    return traced(tracer, disturbance, command, { cwd, env, stdout, stderr, deadlineMs });
  }

  /** Killed, or ended by itself with a documented code, one document and no stack trace. */
  #rightlyEnded({ code, signal, hung }, { action }) {
    const [out, err] = [this.place.stdout, this.place.stderr].map((file) => readFileSync(file, "utf8"));
    this.document = parsed(out);
    if (hung) return "the command did not end";
    if (signal === 9 && typeof action === "string") return undefined;
    // Node itself gives up where it cannot do without a call: as good as killed.
    if (GIVEN_UP.has(signal) && typeof action === "number") return undefined;
    if (signal !== null) return `the command ended by signal ${signal}: ${err.slice(-400)}`;
    if (code === 127 || BEFORE_US.test(err)) return undefined;
    if (!EXIT_CODES.has(code)) return `exit code ${code}: ${err.slice(-400)}`;
    if (/^ {4}at /m.test(err + out)) return `a stack trace: ${err.slice(0, 800)}`;
    if (this.document === undefined && !UNTOLD.test(err))
      return `exit code ${code} without one document: ${out.slice(0, 200)}${err.slice(0, 400)}`;
    return undefined;
  }

  /** What was printed is in the ledger. */
  async #acknowledged() {
    const { document, place } = this;
    if (!document?.run_id || !document.state) return undefined;
    const state = (await place.runs()).find(({ run_id }) => run_id === document.run_id)?.state;
    return state === document.state ? undefined : `${document.state} was printed, but the ledger says ${state}`;
  }

  async #rightlyLeft({ authorised }) {
    const { place, engine } = this;
    const findings = await place.findings();
    if (findings.length > 0) return `verify finds: ${JSON.stringify(findings).slice(0, 600)}`;
    const effects = effectsOf(place, engine);
    if (!engine.repeatable && effects > authorised)
      return `${effects} effects of ${authorised} take-offs that were asked for`;
    const difference =
      this.expected && !engine.effects && !engine.torn && differenceOf(treeOf(place.workspace), this.expected);
    if (difference) return difference;
    const left = leftovers(place);
    if (left.length > 0) return `left behind: ${left.slice(0, 4).join(", ")}`;
    const living = await livingOn(place);
    return living.length > 0 ? `still living: ${living.join("; ")}` : undefined;
  }
}

/** Processes of the place that still live after as long as one takes to end that was told to. */
async function livingOn(place) {
  for (let patience = 0; patience < 250; patience += 1) {
    if (livingIn(place).length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return livingIn(place);
}
