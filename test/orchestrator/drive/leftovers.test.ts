import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { resumeAll, resumeRun, retryRun, startRun } from "../../../orchestrator/index.ts";
import { temporaryName } from "../../../orchestrator/temporary/index.ts";
import { command, crewOf, govern, newPlace, type Place, request } from "./crew-fixture.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const FOLDERS = ["keys", "cache", path.join("store", "tmp")];

/** A temporary file as a process of this number writes it. */
function temporaryOf(pid: number, base: string): string {
  return temporaryName(base).replace(`-${process.pid}-`, `-${pid}-`);
}

describe("temporary files in the state directory", () => {
  async function leftBy(pid: number, change = (name: string) => name): Promise<{ place: Place; names: string[] }> {
    const place = newPlace();
    const names = FOLDERS.map((folder) => {
      const directory = path.join(place.stateDir, folder);
      mkdirSync(directory, { recursive: true });
      const name = change(temporaryOf(pid, "half"));
      writeFileSync(path.join(directory, name), "half of it");
      return path.join(directory, name);
    });
    return { place, names };
  }

  async function commandOn(place: Place): Promise<void> {
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    expect(await resumeAll(crew)).toEqual([]);
  }

  it("of a process that was killed are gone after the next command", async () => {
    const { place, names } = await leftBy(spawnSync("true").pid);
    await commandOn(place);
    expect(names.filter((name) => existsSync(name))).toEqual([]);
  });

  it("of a living process stay", async () => {
    const { place, names } = await leftBy(process.ppid);
    await commandOn(place);
    expect(names.filter((name) => existsSync(name))).toEqual(names);
  });

  it("of another machine or boot stay for a day", async () => {
    const elsewhere = (name: string) => name.replace(/\.[0-9a-f]{12}-/, `.${"0".repeat(12)}-`);
    const { place, names } = await leftBy(spawnSync("true").pid, elsewhere);
    await commandOn(place);
    expect(names.filter((name) => existsSync(name))).toEqual(names);
    const old = (Date.now() - 2 * DAY_MS) / 1000;
    for (const name of names) utimesSync(name, old, old);
    await commandOn(place);
    expect(names.filter((name) => existsSync(name))).toEqual([]);
  });
});

describe("what a driver left that was killed after the run had ended", () => {
  async function left(succeeds: boolean) {
    const place = newPlace();
    const crew = await crewOf(place, { governanceDir: govern(place, "allowed") });
    const run = succeeds
      ? command(place, ["sh", "-c", "echo new > new.txt"])
      : request(place, "engine", { fail: "flight-plan" });
    const { run_id } = await startRun(crew, run);
    const runs = path.join(place.stateDir, "runs");
    mkdirSync(path.join(runs, run_id, "sealed"), { recursive: true });
    return { crew, run_id, names: () => readdirSync(runs) };
  }

  it.each([
    ["resume of that run", (crew, run) => resumeRun(crew, run)],
    ["resume --all", (crew) => resumeAll(crew)],
  ] satisfies [string, (crew: Awaited<ReturnType<typeof crewOf>>, run: string) => Promise<unknown>][])(
    "is removed by %s",
    async (_what, act) => {
      const { crew, run_id, names } = await left(true);
      expect(names()).toEqual([run_id]);
      await act(crew, run_id);
      expect(names()).toEqual([]);
    },
  );

  it("is removed by retry", async () => {
    const { crew, run_id, names } = await left(false);
    await retryRun(crew, run_id);
    expect(names()).toEqual([]);
  });
});
