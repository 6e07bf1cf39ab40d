import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Crew } from "../../../orchestrator/index.ts";
import { listRuns, resumeRun, startRun, verifyLedger } from "../../../orchestrator/index.ts";
import { crewOf, govern, newPlace, type Place, refusal, request } from "../drive/crew-fixture.ts";

const MARK = "high-water";

describe("the mark beside the database", () => {
  async function placeWithTwoRuns() {
    const place = newPlace();
    const governanceDir = govern(place, "allowed");
    const file = (name: string) => path.join(place.stateDir, name);
    const run = async () => {
      const crew = await crewOf(place, { governanceDir });
      const { run_id } = await startRun(crew, request(place, "engine", {}));
      await crew.close();
      return run_id;
    };
    const first = await run();
    cpSync(file("cabincrew.db"), file("older.db"));
    cpSync(file(MARK), file("older-mark"));
    await run();
    return { place, file, first, open: () => crewOf(place, { governanceDir }) };
  }

  const begin = (crew: Crew, place: Place) => startRun(crew, request(place, "engine", {}));

  it("tells a database that lost its newest commits, and nothing goes on with it", async () => {
    const { place, file, first, open } = await placeWithTwoRuns();
    cpSync(file("older.db"), file("cabincrew.db"));
    const crew = await open();
    const refused = await refusal("ledger_corrupt", begin(crew, place));
    expect([refused.message, refused.next]).toEqual([
      expect.stringMatching(/^Entry \d+ was recorded and is gone/),
      expect.stringContaining(file(MARK)),
    ]);
    await refusal("ledger_corrupt", resumeRun(crew, first));
    const { findings } = await verifyLedger(crew);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([["ledger_corrupt", refused.message]]);
  });

  it("tells a database that is gone: no new ledger is begun in its place", async () => {
    const { place, file, open } = await placeWithTwoRuns();
    rmSync(file("cabincrew.db"));
    rmSync(path.join(place.stateDir, "store"), { recursive: true });
    await refusal("ledger_corrupt", begin(await open(), place));
    expect(existsSync(file("cabincrew.db"))).toBe(false);
    writeFileSync(file("cabincrew.db"), "");
    await refusal("ledger_corrupt", begin(await open(), place));
  });

  it("may be older than the database, half written or missing: then it claims less, and is written anew", async () => {
    const { place, file, open } = await placeWithTwoRuns();
    const damages = [
      () => cpSync(file("older-mark"), file(MARK)),
      () => writeFileSync(file(MARK), readFileSync(file(MARK), "utf8").slice(0, 30)),
      () => rmSync(file(MARK)),
    ];
    for (const damage of damages) {
      damage();
      const crew = await open();
      expect(await begin(crew, place)).toMatchObject({ state: "COMPLETED" });
      const { findings, head } = await verifyLedger(crew);
      expect([findings, readFileSync(file(MARK), "utf8")]).toEqual([
        [],
        `${String(head?.seq).padStart(16)} ${head?.hash}\n`,
      ]);
    }
    expect((await listRuns(await open())).length).toBe(5);
  });
});
