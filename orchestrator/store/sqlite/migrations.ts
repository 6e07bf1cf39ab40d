/**
 * The database's shape, step by step; `user_version` counts the steps taken. Steps are only ever added. Everything but
 * `entries` is a projection and can be dropped and folded again.
 */
import { RUN_STATES } from "../../states/states.ts";

const states = RUN_STATES.map((state) => `'${state}'`).join(", ");

export const MIGRATIONS: readonly string[] = [
  `
  create table entries (
    seq integer primary key,
    run_id text,
    body text not null,
    signature text not null,
    hash text not null
  ) strict;
  create index entries_of_run on entries (run_id, seq);

  create table runs (
    run_id text primary key,
    version integer not null,
    state text not null check (state in (${states})),
    token text,
    record text not null
  ) strict, without rowid;
  create index runs_by_token on runs (token) where token is not null;
  create index runs_awaiting on runs (token) where state = 'AWAITING_APPROVAL';
  create index runs_by_state on runs (state, run_id);
  create index runs_not_ended on runs (run_id) where state not in ('COMPLETED', 'FAILED', 'CANCELLED');

  create table claims (
    run_id text primary key references runs (run_id) deferrable initially deferred,
    token text not null,
    workspace text not null,
    seq integer not null
  ) strict, without rowid;
  create index claims_of_plan on claims (token, workspace, seq);
  `,
  // Runs of other ledgers. Apart from `runs`, so that nothing that moves a run can come by one of them.
  `
  create table imports (
    run_id text primary key,
    seq integer not null,
    state text not null check (state in (${states})),
    token text,
    public_key text not null,
    record text not null
  ) strict, without rowid;
  create index imports_by_token on imports (token) where token is not null;
  create index imports_by_state on imports (state, run_id);
  create index imports_by_key on imports (public_key);
  `,
];
