// One verb with one engine: prepared once, done once undisturbed to know the right end, then disturbed case by case.
import { readFileSync } from "node:fs";
import os from "node:os";
import { ENGINES } from "./engines.mjs";
import { Place, PROGRAM, parsed } from "./place.mjs";
import { effectsOf, settle } from "./settle.mjs";
import { traced } from "./tracer.mjs";
import { differenceOf, leftovers, livingIn, treeOf } from "./tree.mjs";
import { VERBS } from "./verbs.mjs";

const EXIT_CODES = new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const { SIGABRT } = os.constants.signals;
const PATIENCE_MS = 5_000;

export class Scene {
  constructor(tracer, root, verbName, engineName) {
    this.tracer = tracer;
    this.place = new Place(root);
    this.engine = ENGINES[engineName];
    this.verb = VERBS[verbName];
  }

  async prepare() {
    const { place, engine, verb } = this;
    if (engine.judges === "shipped") place.governance = [];
    else place.govern(verb.verdict);
    engine.files(place);
    this.known = { ...(await verb.prepare(place, engine, this.tracer)) };
    this.known.effects = effectsOf(place, engine);
    place.keep();
    this.argv = verb.argv(place, engine, this.known);
    const undisturbed = await this.disturb({ calls: ["execve"], strike: 0, action: "self" });
    if (undisturbed.problem) throw new Error(`undisturbed: ${undisturbed.problem}`);
    this.expected = treeOf(place.workspace);
    this.once = effectsOf(place, engine);
  }

  /** Every one of these calls that the undisturbed command makes. */
  async count(calls) {
    this.place.restore();
    const { calls: seen, end } = await this.#command({ calls, strike: 0, action: "self" });
    await end(PATIENCE_MS);
    return seen;
  }

  /** One case. Resolves to { problem?, struck?, ends }. */
  async disturb(disturbance) {
    const { place, engine } = this;
    place.restore();
    const ended = await this.#command(disturbance);
    const struck = disturbance.strike > 0 ? ended.calls[0] : undefined;
    try {
      const problem = this.#rightlyEnded(ended, disturbance) ?? (await this.#acknowledged());
      if (problem) return { problem, struck, ends: [] };
      const driverDied = struck && (disturbance.action === "all" || struck.role === "driver") && ended.signal !== null;
      const excuse = Boolean(struck) && !driverDied;
      const settled = await settle(place, engine, this.verb, this.argv, { excuse, known: this.known });
      return { struck, ends: settled.ends, problem: settled.problem ?? (await this.#rightlyLeft(settled)) };
    } finally {
      const clean = await ended.end(PATIENCE_MS);
      if (!clean) await ended.end(0);
    }
  }

  #command(disturbance) {
    const { place, argv, tracer } = this;
    const end = argv.includes("--") ? argv.indexOf("--") : argv.length;
    const command = [process.execPath, PROGRAM, ...argv.slice(0, end), "--json", ...argv.slice(end)];
    const { workspace: cwd, env, stdout, stderr } = place;
    return traced(tracer, disturbance, command, { cwd, env, stdout, stderr });
  }

  /** Killed, or ended by itself with a documented code, one document and no stack trace. */
  #rightlyEnded({ code, signal, hung }, { action }) {
    const [out, err] = [this.place.stdout, this.place.stderr].map((file) => readFileSync(file, "utf8"));
    this.document = parsed(out);
    if (hung) return "the command did not end";
    if (signal === 9 && typeof action === "string") return undefined;
    // Node itself gives up where it cannot do without a call: as good as killed.
    if (signal === SIGABRT && typeof action === "number") return undefined;
    if (signal !== null) return `the command ended by signal ${signal}: ${err.slice(-400)}`;
    // What fails before the program's first line is said by the loader or by Node.
    if (code === 127 || /error while loading shared libraries/.test(err)) return undefined;
    if (!EXIT_CODES.has(code)) return `exit code ${code}: ${err.slice(-400)}`;
    if (/^ {4}at /m.test(err + out)) return `a stack trace: ${err.slice(0, 800)}`;
    if (this.document === undefined)
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
    const living = livingIn(place);
    return living.length > 0 ? `still living: ${living.join("; ")}` : undefined;
  }
}
