import { cpSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import type { FoldedRun } from "../../../orchestrator/integrity/fold.ts";
import { checkOrphans, checkProjections } from "../../../orchestrator/integrity/projections.ts";
import { openScan } from "../../../orchestrator/store/sqlite/scan.ts";
import { AT, opened, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** R1 took off, R2 was only opened. */
const untouched = stateDirectory();
const folded: FoldedRun[] = [];
beforeAll(async () => {
  const store = openStore(untouched);
  const took = await store.append({ runId: "R1", expectedVersion: 0, events: wholeRun(), at: AT });
  const idle = await store.append({ runId: "R2", expectedVersion: 0, events: [opened()], at: AT });
  folded.push({ record: took, claimSeq: 11 }, { record: idle, claimSeq: null });
  await store.close();
});

/** Somebody works on a copy of the database, and what they left is compared with the events. */
async function told(work: string, repeated = false): Promise<string[]> {
  const stateDir = stateDirectory();
  cpSync(untouched, stateDir, { recursive: true });
  const db = new Database(path.join(stateDir, "cabincrew.db"));
  db.pragma("foreign_keys = OFF");
  db.pragma("ignore_check_constraints = ON");
  db.exec(work);
  db.close();
  const scan = openScan(stateDir);
  closing.push(() => scan.close());
  const findings = new Findings();
  checkProjections(scan, findings, folded, repeated);
  checkOrphans(scan, findings);
  return findings.all.map(({ code, where, message }) => {
    expect([code, message.includes(where)]).toEqual(["ledger_corrupt", true]);
    return message;
  });
}

const wrong = (what: string, run = "R1") => `The projection of run ${run} is wrong: ${what}.`;
const claim = (what: string, run = "R1") => `The claim of run ${run} ${what}.`;
const elsewhere = "does not name the plan, workspace and entry with which the run took off";
const token = "c".repeat(64);
const record = (sql: string) => `update runs set record = ${sql} where run_id = 'R1'`;

describe("projections that do not follow from the events", () => {
  it("are none where nobody touched them", async () => {
    expect(await told("")).toEqual([]);
    expect(await told("", true)).toEqual([]);
  });

  it.each([
    ["delete from runs where run_id = 'R1'", [wrong("it is missing")]],
    ["update runs set version = 13 where run_id = 'R1'", [wrong("it is at version 13, the events at 12")]],
    ["update runs set state = 'FAILED' where run_id = 'R1'", [wrong("its state is FAILED, the events say COMPLETED")]],
    ["update runs set token = 'x' where run_id = 'R1'", [wrong(`its plan-token is x, the events say ${token}`)]],
    [
      record(
        `replace(replace(record, '"state":"COMPLETED"', '"state":"FAILED"'), '"decision":"allow"', '"decision":"deny"')`,
      ),
      [wrong("its record differs from the events in decision, evaluations, state")],
    ],
    [record(`replace(record, '{"approval":null,', '{')`), [wrong("its record differs from the events in approval")]],
    [
      record(`replace(record, '{"approval"', '{"aaa":1,"approval"')`),
      [wrong("its record differs from the events in aaa")],
    ],
    [record("' ' || record"), [wrong("its record differs from the events in the way it is written")]],
    [record("'{'"), [wrong("its record differs from the events in everything: it is not JSON")]],
    ["delete from claims", [claim("is missing, although the run took off")]],
    ["update claims set seq = 12", [claim(elsewhere)]],
    ["update claims set token = 'x'", [claim(elsewhere)]],
    ["update claims set workspace = '/x'", [claim(elsewhere)]],
    ["insert into claims values ('R2', 'x', '/x', 14)", [claim("is there, but the run never took off", "R2")]],
    [
      "insert into runs values ('R9', 1, 'INIT', null, '{}'); insert into claims values ('R8', 'x', '/x', 14)",
      [
        "There is a projection of run R9, but no event of such a run.",
        "There is the claim of a plan of run R8, but no event of such a run.",
      ],
    ],
  ])("are found: %s", async (work, said) => {
    expect(await told(work)).toEqual(said);
  });

  it("are found where a record is JSON, but no object", async () => {
    const said = await told(record("'null'"));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/its record differs from the events in approval, artifacts, .*workspace_hash/);
  });

  it("may be a plan that took off twice, which is looked for where there is a plan claimed more than once", async () => {
    const before = "insert into claims select 'R2', token, workspace, 5 from claims where run_id = 'R1'";
    const taken = [wrong("R2 had taken off with the same plan on the same workspace before")];
    const idle = claim("is there, but the run never took off", "R2");
    expect(await told(before, true)).toEqual([...taken, idle]);
    expect(await told(before)).toEqual([idle]);
    // Before this run was opened somebody may well have taken off with the same plan.
    const earlier = before.replace(", 5 ", ", 1 ");
    expect(await told(earlier, true)).toEqual([idle]);
  });
});
