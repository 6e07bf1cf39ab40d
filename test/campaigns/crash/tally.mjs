// What the campaign has shown so far, told while it goes on: a run that is stopped has still shown what it printed.
const EVERY_MS = 30_000;

export class Tally {
  #report;
  #verbose;
  #scenes = new Map();
  #ends = new Map();
  #expected = 0;
  #timer;

  constructor(report, verbose) {
    this.#report = report;
    this.#verbose = verbose;
    this.#timer = setInterval(() => console.error(this.#progress()), EVERY_MS);
    this.#timer.unref();
  }

  /** How many scenes there will be. */
  expect(count) {
    this.#expected = count;
  }

  begin(scene) {
    const known = { total: 0, done: 0, failed: 0, figures: {}, familiar: 0, real: 0, began: performance.now() };
    this.#scenes.set(rowOf(scene), known);
    this.#report.add(rowOf(scene), undefined, 0);
  }

  /** A worker's message. */
  told(scene, { total, figures, broken, index, kind, at, struck, problem, ends, familiar }) {
    const known = this.#scenes.get(rowOf(scene));
    if (total !== undefined) Object.assign(known, { total, figures });
    if (broken !== undefined) this.#add(scene, broken);
    if (index === undefined) return;
    known.done = index + 1;
    if (familiar !== undefined) {
      known.real += 1;
      if (familiar) known.familiar += 1;
    }
    for (const end of ends) this.#ends.set(end, (this.#ends.get(end) ?? 0) + 1);
    const where = struck
      ? ` (${struck.name} of ${struck.file} by ${struck.role} ${struck.program})`
      : " (never reached)";
    this.#add(scene, problem && `${kind} at ${at}${where}: ${problem}`);
    if (this.#verbose && !problem) console.log(`${rowOf(scene)}: ${kind} at ${at}${where} ${ends.join(" ")}`);
  }

  /** Which case a worker that goes on begins with; undefined before the first was told of. */
  next(scene) {
    return this.#scenes.get(rowOf(scene)).done;
  }

  /** A worker ended in the midst of a case. False when that was not in a case of its own, so that there is nothing to go on with. */
  lost(scene, problem) {
    const known = this.#scenes.get(rowOf(scene));
    this.#add(scene, `case ${known.done + 1}: ${problem}`);
    known.done += 1;
    return known.total > 0 && known.done < known.total;
  }

  end(scene) {
    const { figures, done, failed, familiar, real, began } = this.#scenes.get(rowOf(scene));
    const note = noteOf(scene.phase, figures, { familiar, real });
    this.#report.note(rowOf(scene), note);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${rowOf(scene)}: ${done - failed} passed, ${failed} failed in ${seconds} s; ${note}`);
  }

  stop() {
    clearInterval(this.#timer);
  }

  finish() {
    const sum = (phase) => {
      const all = [...this.#scenes].filter(([row]) => row.endsWith(phase)).map(([, { figures }]) => figures);
      const names = [...new Set(all.flatMap(Object.keys))];
      const total = (name) => all.reduce((before, figures) => before + (figures[name] ?? 0), 0);
      return Object.fromEntries(names.map((name) => [name, total(name)]));
    };
    const real = (key) => [...this.#scenes.values()].reduce((before, known) => before + known[key], 0);
    console.log(`\nkills: ${noteOf("kills", sum("kills"), { familiar: real("familiar"), real: real("real") })}`);
    console.log(`errors: ${noteOf("errors", sum("errors"), {})}`);
    const ends = [...this.#ends].map(([end, count]) => `${end} ${count}`).join(", ");
    console.log(`ends met on the way: ${ends || "none"}`);
  }

  #add(scene, problem) {
    const row = rowOf(scene);
    this.#report.add(row, problem);
    if (problem === undefined) return;
    this.#scenes.get(row).failed += 1;
    console.log(`FAILED ${row}: ${problem}`);
  }

  #progress() {
    const known = [...this.#scenes.values()];
    const sum = (key) => known.reduce((before, scene) => before + scene[key], 0);
    const cases = `${sum("done")} of ${sum("total")} cases of ${known.length} scenes (${this.#expected} in all)`;
    return `${new Date().toISOString().slice(11, 19)} ${cases}, ${sum("failed")} failed`;
  }
}

const rowOf = ({ verb, engine, phase }) => `${verb}, ${engine}: ${phase}`;

/** What stands beside a scene's figures: what was complete, and what was left out. */
function noteOf(phase, figures, { familiar = 0, real = 0 }) {
  if (phase === "kills") {
    const { moments = 0, states = 0, alone = 0, silent = 0, torn = 0 } = figures;
    const seen = real > 0 ? `, ${familiar} of ${real} real kills of everything left one of these states` : "";
    return `${moments} moments, ${states} states on disk, ${alone} by a process alone, ${silent} after a silent call, ${torn} not held still${seen}`;
  }
  const { calls = 0, start = 0, same = 0, again = 0, harmless = 0, sample = 0 } = figures;
  if (sample > 0) return `a sample: ${calls - sample} of ${calls} failures`;
  return `of ${calls} failures left out: ${start} before the first line, ${same} struck in another scene, ${again} in later turns of a look at all processes, ${harmless} that only read, by engines and helpers`;
}
