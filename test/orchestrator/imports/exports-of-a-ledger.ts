/** A real ledger, every run of it exported with and without contents; made anew for the file of tests that imports this. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll } from "vitest";
import { openCrew } from "../../../orchestrator/crew.ts";
import { type Crew, exportLines, exportRun } from "../../../orchestrator/index.ts";
import { type RealLedger, realLedger } from "../integrity/real-ledger.ts";

export let ledger: RealLedger;
export let scratch: string;
export let home: Crew;
/** Files by run and by whether they carry contents. */
const files = new Map<string, string>();
export let runs: readonly string[];

export const write = (name: string, text: string): string => {
  const file = path.join(scratch, name);
  writeFileSync(file, text);
  return file;
};
export async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
export const crewAt = (stateDir: string, user = "eve") =>
  openCrew({
    stateDir,
    configDir: ledger.place.configDir,
    governanceDir: ledger.governanceDir,
    environment: {},
    principal: { id: user, proven: false },
  });
let places = 0;
export function newStateDir(): string {
  places += 1;
  return path.join(scratch, `state-${places}`);
}
export async function at<T>(stateDir: string, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = await crewAt(stateDir);
  try {
    return await work(crew);
  } finally {
    await crew.close();
  }
}
/** A ledger of its own for one test. */
export const elsewhere = <T>(work: (crew: Crew) => Promise<T>) => at(newStateDir(), work);
export const fileOf = (run: string, contents = true) => files.get(`${run} ${contents}`) ?? "";
export const publicKey = () => path.join(ledger.place.stateDir, "keys", "ledger.pub.pem");

beforeAll(async () => {
  ledger = await realLedger();
  scratch = mkdtempSync(path.join(tmpdir(), "cabincrew-import-"));
  const { completed, approved, waiting, paused, cancelled, failed } = ledger;
  runs = [completed, approved, waiting, paused, cancelled, failed];
  home = await crewAt(ledger.place.stateDir);
  for (const run of runs) {
    files.set(`${run} true`, write(`${run}.ndjson`, `${(await all(exportLines(home, run))).join("\n")}\n`));
    files.set(`${run} false`, write(`${run}.json`, JSON.stringify(await exportRun(home, run), null, 2)));
  }
  return async () => {
    await home.close();
    rmSync(scratch, { recursive: true, force: true });
  };
});
