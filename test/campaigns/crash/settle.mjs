// Brings what a disturbed command left to its end, as a person would who knows only what the program says, and judges the way.

const MOST_ROUNDS = 10;
const ENDS = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/**
 * Resolves to { problem?, ends: [reasons met], authorised: how many take-offs a person asked for }.
 * `excuse`: whether a run may have failed of the disturbance (its engine or judge was killed, a call of it failed); a driver
 * that died is no excuse.
 */
export async function settle(place, engine, verb, argv, { excuse, known }) {
  const ends = [];
  let authorised = 1;
  const problem = (text) => ({ problem: text, ends, authorised });
  const wish = verb.wish ?? "approve";
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const runs = await place.runs();
    const [run] = runs;
    if (run === undefined || (run.run_id === known.run_id && verb.opens && ENDS.has(run.state))) {
      const again = await place.cabincrew(...argv);
      if (![0, 3].includes(again.code))
        return problem(`the same command again ended with ${again.code}: ${again.out}${again.err}`);
      continue;
    }
    const open = runs.filter(({ state }) => !ENDS.has(state));
    if (open.length > 1) return problem(`${open.length} runs are open`);
    const { run_id, state } = run;
    if (state === "COMPLETED" || (state === "CANCELLED" && wish === "cancel")) {
      const all = await place.cabincrew("resume", "--all", ...place.governance);
      if (all.code !== 0) return problem(`resume --all of nothing ended with ${all.code}: ${all.out}`);
      return { ends, authorised };
    }
    if (state === "FAILED") {
      const shown = await place.cabincrew("resume", run_id, ...place.governance);
      const reason = shown.document?.reason;
      if (reason === "approval_rejected" && wish === "reject") return { ends, authorised };
      ends.push(reason);
      if (!excuse && !(reason === "takeoff_failed" && ends.includes("takeoff_unknown")))
        return problem(`the run failed with ${reason}: ${shown.document?.message ?? shown.out}`);
      authorised += 1;
      const retried = await place.cabincrew("retry", run_id, ...place.governance);
      if (![0, 3].includes(retried.code)) return problem(`retry ended with ${retried.code}: ${retried.out}`);
    } else if (state === "AWAITING_APPROVAL") {
      const answer = wish === "cancel" ? ["cancel", run_id] : [wish, run_id, ...place.governance];
      const answered = await place.cabincrew(...answer);
      if (answered.code !== (wish === "cancel" ? 6 : 0))
        return problem(`${wish} ended with ${answered.code}: ${answered.out}`);
    } else {
      const resumed = await place.cabincrew("resume", run_id, ...place.governance);
      if (resumed.code === 9) {
        ends.push("takeoff_unknown");
        if (!engine.asks) return problem("the outcome stays unknown for an engine that can tell, or be repeated");
        const applied = effectsOf(place, engine) > 0;
        const word = applied ? "--applied" : "--not-applied";
        const resolved = await place.cabincrew("resolve", run_id, word, ...place.governance);
        if (resolved.code !== (applied ? 0 : 1)) return problem(`resolve ended with ${resolved.code}: ${resolved.out}`);
      } else if (![0, 1, 3, 4, 5, 7].includes(resumed.code) || !resumed.document?.state)
        return problem(`resume of a run in ${state} ended with ${resumed.code}: ${resumed.out}${resumed.err}`);
    }
  }
  return problem(`no end was reached in ${MOST_ROUNDS} rounds`);
}

export function effectsOf(place, engine) {
  return engine.effects ? engine.effects(place) : place.effects;
}
