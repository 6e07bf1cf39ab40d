// Does the cases of one scene in a process of its own, started with the environment of its place: a crash or a leak of what is
// settled in here ends this process alone. Told on its channel: { total, figures }, then for each case { index, problem?, ... };
// it ends with code 0 when all are done, and with AGAIN when another should go on with the next one.
import { AGAIN, callsOf, errorCases, faultsOf, faultyCalls, killCases } from "./cases.mjs";
import { ENGINES } from "./engines.mjs";
import { countedOf, keepCounted, namesOf } from "./same.mjs";
import { Scene } from "./scene.mjs";

const MOST_CASES = 400;
/** One in so many cases is brought to its end by commands of their own. */
const BY_COMMANDS = 20;

const counted = (scene, faults) => scene.count([...new Set([...faultyCalls(faults), "openat", "open"])]);

/** For each of these calls, whether a scene before this one has the same. */
function struckBefore(seen, { verb, engine, countedIn, before }) {
  const names = (calls, scene) => namesOf(calls, { verb: scene.verb, engine: ENGINES[scene.engine] });
  const known = new Set(before.flatMap((scene) => names(countedOf(countedIn, scene), scene)));
  return names(seen, { verb, engine }).map((name) => known.has(name));
}

async function cases(scene, { phase, verb, engine, call, options, countedIn, before }) {
  if (phase === "errors") {
    const faults = faultsOf(options);
    if (!countedIn) return errorCases(await counted(scene, faults), faults, options);
    const seen = countedOf(countedIn, { verb, engine });
    return errorCases(seen, faults, options, struckBefore(seen, { verb, engine, countedIn, before }));
  }
  const calls = callsOf(call);
  const { moments, shapes } = await scene.watch(calls);
  return { ...killCases(moments, calls, options), shapes };
}

async function perform({ tracer, root, verb, engine, from, shard: [part, parts], ...wanted }) {
  const scene = new Scene(tracer, root, verb, engine);
  let plan;
  if (from === undefined) {
    await scene.prepare();
    if (wanted.phase === "count") {
      keepCounted(wanted.countedIn, { verb, engine }, await counted(scene, faultsOf(wanted.options)));
      return 0;
    }
    plan = await cases(scene, { verb, engine, ...wanted });
    scene.save(plan);
  } else plan = scene.load();
  const mine = plan.cases.filter((_, index) => index % parts === part);
  const shapes = new Set(plan.shapes ?? []);
  process.send({ total: mine.length, figures: plan.figures });
  const start = from ?? 0;
  for (let index = start; index < mine.length; index += 1) {
    if (index - start >= MOST_CASES) return AGAIN;
    const { kind, state, struck, ...disturbance } = mine[index];
    const settling = { inProcess: index % BY_COMMANDS !== BY_COMMANDS - 1 };
    const once = async (how) =>
      state === undefined ? await scene.disturb(disturbance, how) : { struck, ...(await scene.left(state, how)) };
    const { shape, ...told } = await once(settling);
    if (told.problem && settling.inProcess) {
      const again = await once({ inProcess: false });
      told.problem += again.problem ? " (settled by commands: the same)" : " (settled by commands: it held)";
    }
    const at = disturbance.strike ?? struck.index;
    process.send({ index, kind, at, ...told, ...(shape ? { familiar: shapes.has(shape) } : {}) });
    // What did not end in here may still be at work.
    if (told.problem && settling.inProcess) return AGAIN;
  }
  return 0;
}

// Without the campaign nobody hears what is found here.
process.once("disconnect", () => process.exit(1));
const code = await perform(JSON.parse(process.argv[2])).catch((error) => {
  process.send({ broken: error.message });
  return 0;
});
// Messages go out first.
process.send({}, () => process.exit(code));
