// What every campaign prints: a table, a row for each kind of case, and a last line `N passed, N failed`.

/** Counts cases by kind, in the order the kinds were first met, and keeps the first failures of each. */
export class Report {
  #rows = new Map();
  #began = performance.now();
  #title;

  /** `title` stands above the table. */
  constructor(title) {
    this.#title = title;
  }

  /** `problem` is a sentence about what went wrong, undefined when the case held. `count` cases that held may be told at once. */
  add(kind, problem, count = 1) {
    const row = this.#rows.get(kind) ?? { passed: 0, failed: 0, problems: [], note: "" };
    this.#rows.set(kind, row);
    if (problem === undefined) row.passed += count;
    else {
      row.failed += 1;
      if (row.problems.length < 5) row.problems.push(problem);
    }
  }

  /** Something to stand beside the kind's figures: what was measured, or why it cannot be otherwise. */
  note(kind, text) {
    this.add(kind, undefined, 0);
    this.#rows.get(kind).note = text;
  }

  /** Prints everything and sets the process's exit code: 1 when a case failed or there was none. */
  finish() {
    const rows = [...this.#rows];
    const width = Math.max(4, ...rows.map(([kind]) => kind.length));
    console.log(`\n${this.#title}\n`);
    console.log(`${"case".padEnd(width)}  ${"passed".padStart(9)}  ${"failed".padStart(7)}`);
    for (const [kind, { passed, failed, note }] of rows)
      console.log(
        `${kind.padEnd(width)}  ${String(passed).padStart(9)}  ${String(failed).padStart(7)}  ${note}`.trimEnd(),
      );
    for (const [kind, { problems }] of rows) for (const problem of problems) console.log(`\n  ${kind}: ${problem}`);
    const [passed, failed] = ["passed", "failed"].map((key) => rows.reduce((sum, [, row]) => sum + row[key], 0));
    console.log(`\n${((performance.now() - this.#began) / 1000).toFixed(0)} s`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  }
}
