import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { listRuns, resumeAll, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { crewOf, govern, newPlace, refusal, request } from "../drive/crew-fixture.ts";

/** A ledger whose index or table of this name lost its first page, as a bad disk or a power cut leaves it. */
async function damaged(name: string) {
  const place = newPlace();
  const governanceDir = govern(place, "allowed");
  const crew = await crewOf(place, { governanceDir });
  await startRun(crew, request(place, "engine", {}));
  await crew.close();
  const file = path.join(place.stateDir, "cabincrew.db");
  const db = new Database(file, { readonly: true });
  const page = db.prepare("select rootpage from sqlite_schema where name = ?").pluck().get(name) as number;
  const size = db.pragma("page_size", { simple: true }) as number;
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0, (page - 1) * size, page * size);
  writeFileSync(file, bytes);
  return crewOf(place, { governanceDir });
}

it("verify finds a damaged index, although no row is missing", async () => {
  const { findings } = await verifyLedger(await damaged("runs_by_token"));
  expect(findings).toEqual([
    {
      code: "ledger_corrupt",
      where: "cabincrew.db",
      message: expect.stringMatching(/^The database file is damaged: /),
    },
  ]);
});

it("whatever meets damaged pages refuses with ledger_corrupt, and never shows fewer runs", async () => {
  await refusal("ledger_corrupt", resumeAll(await damaged("runs_not_ended")));
  await refusal("ledger_corrupt", listRuns(await damaged("runs")));
});
