// The ledger: events a second appended against bare durable commits, and verified against a bare hash of the same rows; and how
// `list` and `approve` slow down from a thousand runs to a million.
//   npm run bench -- ledger      RUNS=1000000 for the full size (minutes); default 100000
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Database } from "../sqlite.mjs";
import { cli, inTurns, report, root, run, scratch } from "./timing.mjs";

const directory = scratch();
// The store is not part of the library's door; the bench bundles it for itself.
const bundle = path.join(root, "dist", "bench-store.mjs");
await build({
  stdin: {
    contents: `export { openContentStore } from "./orchestrator/content/index.ts";
      export { planOf } from "./orchestrator/integrity/plan.ts";
      export { applyEvent } from "./orchestrator/runs/fold.ts";
      export { openSqliteStore } from "./orchestrator/store/sqlite/store.ts";
      export { wholeRun } from "./test/orchestrator/ledger-fixture.ts";`,
    resolveDir: root,
    loader: "ts",
  },
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
  outfile: bundle,
});
const require = createRequire(import.meta.url);
const { applyEvent, openContentStore, openSqliteStore, planOf, wholeRun } = await import(pathToFileURL(bundle).href);
const { ulid } = require("ulid");
const at = "2026-01-02T03:04:05.000Z";

function bareCommits(count) {
  const db = new Database(path.join(directory, "bare.db"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = FULL");
  db.exec(
    "create table if not exists entries (seq integer primary key, body text not null, hash text not null) strict; create table if not exists runs (id integer primary key, state text) strict; insert or ignore into runs values (1, '')",
  );
  const insert = db.prepare("insert into entries (body, hash) values (?, ?)");
  const update = db.prepare("update runs set state = ? where id = 1");
  const commit = db.transaction((body) => {
    insert.run(body, createHash("sha256").update(body).digest("hex"));
    update.run(body);
  });
  const body = "x".repeat(600);
  for (let index = 0; index < count; index += 1) commit(body);
  db.close();
}

const store = openSqliteStore({ stateDir: path.join(directory, "append"), create: true, newId: ulid, now: () => at });
const [opened, ...rest] = wholeRun();
async function appends(count) {
  for (let done = 0; done < count; ) {
    const runId = ulid();
    let record = await store.append({ runId, expectedVersion: 0, events: [opened], at });
    done += 1;
    for (const event of rest) {
      if (done >= count) break;
      record = await store.append({ runId, expectedVersion: record.version, events: [event], at });
      done += 1;
    }
  }
}
report(
  "600 durable commits of one event each",
  await inTurns(
    { "bare SQLite": () => bareCommits(600), "the ledger: chained, signed, projected": () => appends(600) },
    5,
  ),
  { "the ledger: chained, signed, projected": 2 },
);

const runs = Number(process.env.RUNS ?? 100_000);
/** A whole run whose sealed list and plan are in the store, so that nothing is wrong with a ledger of such runs. */
async function intactRun(content) {
  const { sha256: list_sha256 } = await content.putBytes(Buffer.from("[]"));
  const run = (token) =>
    wholeRun(token).map((event) =>
      event.type === "artifacts.sealed" ? { ...event, data: { ...event.data, list_sha256 } } : event,
    );
  const sealed = run()
    .slice(0, 4)
    .reduce((record, event, seq) => applyEvent(record, event, { run_id: "", seq, at }), null);
  const { token, text } = planOf(sealed, []);
  await content.putBytes(Buffer.from(text));
  return run(token);
}

async function filled(name, count) {
  const stateDir = path.join(directory, name);
  const target = openSqliteStore({ stateDir, create: true, newId: ulid, now: () => at });
  const events = await intactRun(openContentStore(stateDir));
  const waiting = [
    ...events.slice(0, 7),
    { type: "preflight.completed", data: { decision: "require_approval", reasons: ["bench"] } },
  ];
  // Many runs in one transaction would be another write path; durability is what is switched off here, and only here.
  target.db.pragma("synchronous = OFF");
  for (let index = 0; index < count; index += 1) {
    await target.append({
      runId: ulid(1_700_000_000_000 + index),
      expectedVersion: 0,
      events: index % 100 === 0 ? waiting : events,
      at,
    });
  }
  await target.close();
  return stateDir;
}
mkdirSync(path.join(directory, "config"));
const small = await filled("small", 1000);
const large = await filled("large", runs);
const list = (stateDir) => () => run(process.execPath, [cli, "--state-dir", stateDir, "list", "--json"]);
report(
  `list, of a thousand runs and of ${runs}`,
  await inTurns({ "1000 runs": list(small), [`${runs} runs`]: list(large) }, 11),
  {
    [`${runs} runs`]: 1.5,
  },
);
const unknown = (stateDir) => () =>
  run(process.execPath, [cli, "--state-dir", stateDir, "approve", "0".repeat(16), "--json"], { expect: 2 });
report(
  `approve (finding the token), of a thousand runs and of ${runs}`,
  await inTurns({ "1000 runs": unknown(small), [`${runs} runs`]: unknown(large) }, 11),
  {
    [`${runs} runs`]: 1.5,
  },
);

const db = new Database(path.join(large, "cabincrew.db"), { readonly: true });
function bareHashes() {
  for (const row of db.prepare("select body, signature from entries order by seq").iterate())
    createHash("sha256").update(`${row.body}\n${row.signature}`).digest("hex");
}
const verified = () => JSON.parse(run(process.execPath, [cli, "--state-dir", large, "verify", "--json"]).stdout);
const { events } = verified();
const times = await inTurns({ "bare hash of every row": bareHashes, "cabincrew verify, start and all": verified }, 3);
report(`verify of ${events} events`, times);
for (const [name, each] of Object.entries(times))
  console.log(`  ${Math.round((events / Math.min(...each)) * 1000)} events/s at best: ${name}`);
