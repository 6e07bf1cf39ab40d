// Attacks on the ledger's database: every column of every row of every table, the rows themselves, and the schema.
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { Database } from "../../sqlite.mjs";

/** Opens the database of a state directory as an attacker would: no checks, no journal left behind. */
export function attackDatabase(state, attack) {
  const db = new Database(path.join(state, "cabincrew.db"));
  try {
    db.pragma("journal_mode = DELETE");
    db.pragma("foreign_keys = OFF");
    db.pragma("ignore_check_constraints = ON");
    db.unsafeMode(true);
    // One transaction that waits for no disk: what is found in the file is the same, and hundreds of flushes are saved.
    db.pragma("synchronous = OFF");
    db.exec("begin");
    attack(db);
    db.exec("commit");
  } finally {
    db.close();
  }
}

export function forgetJournal(state) {
  for (const end of ["-wal", "-shm", "-journal"]) {
    const file = path.join(state, `cabincrew.db${end}`);
    if (existsSync(file)) rmSync(file);
  }
}

const TABLES = {
  entries: { key: "seq", columns: ["seq", "run_id", "body", "signature", "hash"] },
  runs: { key: "run_id", columns: ["run_id", "version", "state", "token", "record"] },
  claims: { key: "run_id", columns: ["run_id", "token", "workspace", "seq"] },
  imports: { key: "run_id", columns: ["run_id", "seq", "state", "token", "public_key", "record"] },
};

/** Other values a column may be given; those equal to what is there are left out. */
function otherValues(value, elsewhere) {
  if (typeof value === "number") return [value + 1, value - 1, -1, 0, 2 ** 40, elsewhere];
  const text = value ?? "";
  const middle = Math.floor(text.length / 2);
  const flip = (at) => text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);
  const other = [flip(0), flip(middle), flip(text.length - 1), text.slice(0, -1), `${text} `, "", null, elsewhere];
  return [...other, text.toUpperCase(), text.toLowerCase(), `${text}\n`, "\u0000"];
}

/** One attack for each column of each row and each way to change it. */
export function* changedColumns(db) {
  for (const [table, { key, columns }] of Object.entries(TABLES)) {
    const rows = db.prepare(`select * from ${table} order by ${key}`).all();
    for (const [index, row] of rows.entries()) {
      for (const column of columns) {
        const elsewhere = rows[(index + 1) % rows.length][column];
        const values = new Set(otherValues(row[column], elsewhere).filter((value) => value !== row[column]));
        for (const value of values)
          yield {
            kind: `${table}.${column} changed`,
            name: `${table} ${row[key]} ${column} = ${JSON.stringify(value)?.slice(0, 60)}`,
            attack: (at) => at.prepare(`update ${table} set ${column} = ? where ${key} = ?`).run(value, row[key]),
          };
      }
    }
  }
}

/** Rows taken out, swapped, repeated, filed under another run. */
export function* movedRows(db) {
  const entries = db.prepare("select * from entries order by seq").all();
  const last = entries.at(-1).seq;
  const write = (at, row, seq) =>
    at
      .prepare("insert or replace into entries (seq, run_id, body, signature, hash) values (?, ?, ?, ?, ?)")
      .run(seq, row.run_id, row.body, row.signature, row.hash);
  for (const [table, { key }] of Object.entries(TABLES)) {
    for (const row of db.prepare(`select ${key} as id from ${table}`).all())
      yield {
        kind: `${table} row removed`,
        name: `${table} ${row.id}`,
        attack: (at) => at.prepare(`delete from ${table} where ${key} = ?`).run(row.id),
        // What stood at the end is gone without a trace only if its run's projections were made to fit, which they are not here.
      };
  }
  for (const [index, row] of entries.entries()) {
    for (const step of [1, 7, 31]) {
      const other = entries[index + step];
      if (other)
        yield {
          kind: "entries swapped",
          name: `${row.seq} and ${other.seq}`,
          attack: (at) => {
            write(at, row, other.seq);
            write(at, other, row.seq);
          },
        };
    }
    yield { kind: "entry repeated at the end", name: `${row.seq}`, attack: (at) => write(at, row, last + 1) };
    yield {
      kind: "entry removed, gap closed",
      name: `${row.seq}`,
      attack: (at) => {
        at.prepare("delete from entries where seq = ?").run(row.seq);
        for (const later of entries.slice(index + 1))
          at.prepare("update entries set seq = ? where seq = ?").run(later.seq - 1, later.seq);
      },
    };
  }
  const projections = db.prepare("select * from runs").all();
  for (const [index, row] of projections.entries()) {
    const other = projections[(index + 1) % projections.length];
    yield {
      kind: "projections swapped",
      name: `${row.run_id} and ${other.run_id}`,
      attack: (at) => {
        const set = at.prepare("update runs set version = ?, state = ?, token = ?, record = ? where run_id = ?");
        set.run(other.version, other.state, other.token, other.record, row.run_id);
        set.run(row.version, row.state, row.token, row.record, other.run_id);
      },
    };
    yield {
      kind: "whole run removed",
      name: row.run_id,
      attack: (at) => {
        for (const table of ["entries", "runs", "claims"])
          at.prepare(`delete from ${table} where run_id = ?`).run(row.run_id);
      },
    };
    yield {
      kind: "projection of a run that never was",
      name: row.run_id,
      attack: (at) =>
        at
          .prepare("insert into runs (run_id, version, state, token, record) values (?, ?, ?, ?, ?)")
          .run(`0${row.run_id.slice(1, -1)}Z`, row.version, row.state, row.token, row.record),
    };
    yield {
      kind: "claim that was never made",
      name: row.run_id,
      attack: (at) =>
        at
          .prepare("insert into claims (run_id, token, workspace, seq) values (?, ?, ?, ?)")
          .run(`${row.run_id.slice(0, -1)}_`, row.token ?? "0".repeat(64), "/workspace", 3),
    };
  }
}

const hashOf = (body, signature) => createHash("sha256").update(`${body}\n${signature}`).digest("hex");

/** History written again from one entry on, hashes and links consistent, signed by nobody, by a stranger, or as it was. */
export function* forgedEntries(db) {
  const entries = db.prepare("select * from entries order by seq").all();
  const stranger = generateKeyPairSync("ed25519").privateKey;
  const signatures = {
    "old signatures": (_body, row) => row.signature,
    "a stranger's signatures": (body) => sign(null, Buffer.from(body), stranger).toString("base64"),
    "no signatures": () => "",
  };
  for (const [index, row] of entries.entries()) {
    for (const [how, signed] of Object.entries(signatures))
      yield {
        kind: `history rewritten, ${how}`,
        name: `from ${row.seq}`,
        attack: (at) => {
          let prev = index === 0 ? "0".repeat(64) : entries[index - 1].hash;
          for (const each of entries.slice(index)) {
            const text = each.body.replace(/"at":"20/, each === row ? '"at":"21' : '"at":"20');
            const body = text.replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`);
            const signature = signed(body, each);
            prev = hashOf(body, signature);
            at.prepare("update entries set body = ?, signature = ?, hash = ? where seq = ?").run(
              body,
              signature,
              prev,
              each.seq,
            );
          }
        },
      };
  }
}

/** Events of one run told of another: an approval, a decision, a claim. */
export function* replayedEvents(db, runs) {
  const entries = db.prepare("select * from entries order by seq").all();
  const last = entries.at(-1);
  for (const [from, to] of [
    ["voted", "waiting"],
    ["voted", "approved"],
    ["approved", "waiting"],
    ["completed", "planned"],
    ["rejected", "waiting"],
    ["cancelled", "planned"],
  ]) {
    for (const row of entries.filter((entry) => entry.run_id === runs[from].id)) {
      const type = JSON.parse(row.body).type;
      for (const renamed of [false, true])
        yield {
          kind: renamed ? "event of another run, renamed" : "event of another run",
          name: `${type} of ${from} told of ${to}`,
          attack: (at) => {
            const told = JSON.parse(row.body);
            const event = { ...told, seq: last.seq + 1, prev: last.hash, run_id: runs[to].id };
            const body = renamed ? JSON.stringify(sorted(event)) : row.body;
            at.prepare("insert into entries (seq, run_id, body, signature, hash) values (?, ?, ?, ?, ?)").run(
              last.seq + 1,
              runs[to].id,
              body,
              row.signature,
              hashOf(body, row.signature),
            );
            at.prepare("update runs set state = ? where run_id = ?").run(told.state, runs[to].id);
          },
        };
    }
  }
}

function sorted(value) {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Changes of the database's shape, which decide what later reads and writes will do. */
export function* changedSchema() {
  const trigger = (when, what) => `create trigger sly ${when} begin ${what} end`;
  const statements = {
    "trigger that drops events": trigger("before insert on entries", "select raise(ignore);"),
    "trigger that forgets claims": trigger("after insert on claims", "delete from claims;"),
    "trigger that approves": trigger("after update on runs", "update runs set state = 'APPROVED';"),
    "trigger on nothing yet": trigger("after delete on entries", "select 1;"),
    "view added": "create view sly as select 1",
    "table added": "create table sly (a)",
    "index added": "create index sly on runs (version)",
    "unique index added": "create unique index sly on runs (run_id, state)",
    "index dropped": "drop index runs_by_token",
    "index on claims dropped": "drop index claims_of_plan",
    "partial index that hides runs":
      "drop index runs_awaiting; create index runs_awaiting on runs (token) where state = 'X'",
    "column added": "alter table runs add column sly text",
    "column added to entries": "alter table entries add column sly text default 'x'",
    "column renamed": "alter table claims rename column workspace to elsewhere",
    "table renamed": "alter table claims rename to claimed",
    "claims dropped": "drop table claims",
    "runs dropped": "drop table runs",
    "entries dropped": "drop table entries",
    "entries emptied": "delete from entries",
    "runs emptied": "delete from runs",
    "claims emptied": "delete from claims",
    "imports emptied": "delete from imports",
    "imports dropped": "drop table imports",
    "an import told as a run": "insert into runs select run_id, 1, state, token, record from imports limit 1",
    "a run told as an import": "insert into imports select run_id, 2, state, token, '', record from runs limit 1",
    "everything emptied": "delete from claims; delete from runs; delete from entries",
    "view in the place of runs": "alter table runs rename to kept; create view runs as select * from kept",
    "view in the place of claims":
      "drop table claims; create view claims as select '' run_id, '' token, '' workspace, 0 seq where 0",
    "check of states removed":
      "pragma writable_schema = on; update sqlite_master set sql = replace(sql, 'check (', 'check (1 or ') where name = 'runs'",
    "format 0": "pragma user_version = 0",
    "format 2000": "pragma user_version = 2000",
    "format -1": "pragma user_version = -1",
  };
  for (const [name, statement] of Object.entries(statements))
    yield { kind: "schema", name, attack: (at) => at.exec(statement) };
}
