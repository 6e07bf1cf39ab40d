import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { generateApproverKey, writeKey } from "../../../orchestrator/authority/index.ts";
import { openContentStore } from "../../../orchestrator/content/index.ts";
import type { CrewOptions } from "../../../orchestrator/crew.ts";
import { cancelRun, decideApproval, pauseRun, resumeRun, startRun } from "../../../orchestrator/index.ts";
import type { Verifiable } from "../../../orchestrator/integrity/verify-ledger.ts";
import { crewOf, newPlace, type Place, request } from "../drive/crew-fixture.ts";
import { openStore } from "../ledger-fixture.ts";

/** A ledger of real runs: engines, policies and people did what its events say. */
export interface RealLedger {
  readonly place: Place;
  readonly governanceDir: string;
  readonly completed: string;
  /** Approved by a person's signature, then completed. */
  readonly approved: string;
  readonly waiting: string;
  readonly paused: string;
  readonly cancelled: string;
  readonly failed: string;
}

/**
 * One that nobody has touched. It is made once in each process of the suite, and for every further file of tests that this process runs
 * laid out again where it was made, byte for byte: half a dozen governed runs take longer than most of what is tested on them.
 */
export async function realLedger(): Promise<RealLedger> {
  const kept = path.join(tmpdir(), `cabincrew-real-ledger-${process.pid}`);
  const [description, root] = [path.join(kept, "ledger.json"), path.join(kept, "root")];
  if (existsSync(description)) {
    const ledger = JSON.parse(readFileSync(description, "utf8")) as RealLedger;
    rmSync(ledger.place.root, { recursive: true, force: true });
    cpSync(root, ledger.place.root, EXACTLY);
    return ledger;
  }
  const ledger = await madeByRuns();
  cpSync(ledger.place.root, root, EXACTLY);
  writeFileSync(description, JSON.stringify(ledger));
  return ledger;
}

const EXACTLY = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };

async function madeByRuns(): Promise<RealLedger> {
  const place = newPlace();
  const governanceDir = path.join(place.root, "governance");
  const key = generateApproverKey();
  const { privateFile } = writeKey(path.join(place.configDir, "keys"), "grace", key);
  mkdirSync(governanceDir);
  const authority = { version: 1, people: [{ id: "grace", roles: ["operator"], keys: [key.publicText] }] };
  writeFileSync(path.join(governanceDir, "authority.json"), JSON.stringify(authority));
  const governance = { version: 1, policies: ["builtin:supply-chain"], authority: "authority.json" };
  writeFileSync(path.join(governanceDir, "governance.json"), JSON.stringify(governance));
  const crew = await crewOf(place, { governanceDir });
  const start = (config: Record<string, string>, planOnly = false) =>
    startRun(crew, request(place, "engine", config, { planOnly }));
  const change = (target: string, text: string) => ({ target, text });
  try {
    const completed = await start(change("src/main.txt", "one\n2\nthree\n"));
    const approved = await start(change("package-lock.json", "{}\n"));
    await decideApproval(crew, { ref: approved.run_id, decision: "approve", comment: "fine", keyFile: privateFile });
    await resumeRun(crew, approved.run_id);
    const waiting = await start(change("package-lock.json", '{"a":1}\n'));
    const paused = await start(change("src/other.txt", "x\n"), true);
    await pauseRun(crew, paused.run_id);
    const cancelled = await start(change("src/third.txt", "y\n"), true);
    await cancelRun(crew, cancelled.run_id, { comment: "not today" });
    const failed = await start({ fail: "flight-plan" });
    return {
      place,
      governanceDir,
      completed: completed.run_id,
      approved: approved.run_id,
      waiting: waiting.run_id,
      paused: paused.run_id,
      cancelled: cancelled.run_id,
      failed: failed.run_id,
    };
  } finally {
    await crew.close();
  }
}

/** A copy of the ledger's state directory, to be damaged. */
export function copyOf(ledger: RealLedger): string {
  const stateDir = path.join(mkdtempSync(path.join(tmpdir(), "cabincrew-tamper-")), "state");
  cpSync(ledger.place.stateDir, stateDir, { recursive: true });
  return stateDir;
}

/** Works on the database behind everybody's back, as somebody with an editor would. */
export function tamper(stateDir: string, work: (db: Database.Database) => void): void {
  const db = new Database(path.join(stateDir, "cabincrew.db"));
  db.pragma("foreign_keys = OFF");
  db.pragma("ignore_check_constraints = ON");
  work(db);
  db.close();
}

/** What verifying needs, on a state directory, while `use` runs. */
export async function withLedger<T>(
  ledger: Pick<RealLedger, "place" | "governanceDir">,
  stateDir: string,
  use: (crew: Verifiable) => Promise<T>,
): Promise<T> {
  const store = openStore(stateDir, false);
  const options: CrewOptions = {
    stateDir,
    configDir: ledger.place.configDir,
    governanceDir: ledger.governanceDir,
    environment: {},
    principal: { id: "ada", proven: false },
  };
  try {
    return await use({ store, content: openContentStore(stateDir), stateDir, options });
  } finally {
    await store.close();
  }
}
