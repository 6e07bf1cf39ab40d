/** What was approved is what takes off: a plan, its record and its approval are changed where they are kept. */
import { chmodSync, writeFileSync } from "node:fs";
import path from "node:path";
import { draft } from "../../ledger/event.ts";
import { showRun } from "../../operations/queries.ts";
import { openSqlite } from "../../store/sqlite/database.ts";
import { approve, type Planned, pendingPlan, readyToTakeOff, recordOf } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { effects, endingOf, type Place, takeOff } from "../place.ts";
import type { Scratch } from "../scratch.ts";

const REMEDY = "Treat every plan in this state directory as unproven and report it.";

/** Where the bytes of an artifact lie in the place's store. */
export function storedFile(place: Place, sha256: string): string {
  return path.join(place.stateDir, "store", sha256.slice(0, 2), sha256);
}

/** Statements on the place's ledger by somebody who may write the file. */
export function tamperWith(place: Place, ...statements: readonly string[]): void {
  const db = openSqlite(path.join(place.stateDir, "cabincrew.db"));
  try {
    for (const statement of statements) db.exec(statement);
  } finally {
    db.close();
  }
}

/** Tries to take off and requires a refusal with exit code 5 and no effect. */
export async function expectRefusal({ place, runId }: Planned, what: string): Promise<string> {
  const { code, exitCode } = await takeOff(place, runId);
  expectHeld(effects(place) === 0, `${what}, and it took off all the same.`);
  expectHeld(
    exitCode === 5,
    `${what}; take-off ended with ${code ?? "no reason"} and exit code ${exitCode} instead of a refusal.`,
  );
  return `${what}: refused with ${code}, nothing took effect.`;
}

async function storedPlan(scratch: Scratch): Promise<string> {
  const planned = await readyToTakeOff(scratch, scratch.place("stored-plan"), await scratch.harmless());
  const { artifacts } = await showRun(await planned.place.crew(), planned.runId);
  const sealed = artifacts.find((artifact) => artifact.sha256)?.sha256;
  assumeThat(sealed !== undefined, "The plan holds no content");
  const file = storedFile(planned.place, sealed);
  chmodSync(file, 0o644);
  writeFileSync(file, "something else\n");
  return expectRefusal(planned, "The stored bytes of a plan were exchanged after it was judged");
}

async function recordedPlan(scratch: Scratch): Promise<string> {
  const planned = await readyToTakeOff(scratch, scratch.place("recorded-plan"), await scratch.harmless());
  const other = `${planned.token.startsWith("0") ? "1" : "0"}${planned.token.slice(1)}`;
  await planned.place.close();
  tamperWith(planned.place, `update entries set body = replace(body, '${planned.token}', '${other}')`);
  return expectRefusal(planned, "The plan-token in the ledger was exchanged for another");
}

async function forgedGrant(scratch: Scratch): Promise<string> {
  const planned = await pendingPlan(scratch.place("forged-grant"), await scratch.reviewed());
  await planned.place.close();
  const granted = "json_set(record, '$.state', 'APPROVED', '$.approval.status', 'granted')";
  tamperWith(planned.place, `update runs set state = 'APPROVED', record = ${granted}`);
  return expectRefusal(planned, "A waiting run was called approved in the database");
}

async function replayedVote(scratch: Scratch): Promise<string> {
  const place = scratch.place("replayed-vote");
  const reviewed = await scratch.reviewed();
  const first = await pendingPlan(place, reviewed);
  const second = await pendingPlan(place, reviewed);
  await approve(scratch, first);
  const votes = (await recordOf(place, first.runId)).approval?.votes ?? [];
  const { version, approval } = await recordOf(place, second.runId);
  assumeThat(votes.length > 0 && approval !== null, "No vote was recorded");
  const crew = await place.crew();
  const recorded = votes.map(({ at: _, ...vote }) => draft("approval.recorded", { vote }));
  const events = [...recorded, draft("approval.granted", { approval_id: approval.approval_id })];
  const at = new Date(crew.now()).toISOString();
  const written = await endingOf(crew.store.append({ runId: second.runId, expectedVersion: version, events, at }));
  if (written.code !== null)
    return `Votes of one run were written into another's record: refused with ${written.code}.`;
  return expectRefusal(second, "Votes of one run were written into the record of another with the same plan");
}

export const ALTERED: readonly Attack[] = [
  {
    id: "stored-plan-sealed",
    guarantee: "A plan whose stored bytes were changed does not take off",
    remedy: REMEDY,
    run: storedPlan,
  },
  {
    id: "recorded-plan-sealed",
    guarantee: "A plan whose record in the ledger was changed does not take off",
    remedy: REMEDY,
    run: recordedPlan,
  },
  {
    id: "grant-not-forged",
    guarantee: "Calling a run approved in the database does not make it so",
    remedy: REMEDY,
    run: forgedGrant,
  },
  {
    id: "votes-not-replayed",
    guarantee: "An approval of one run does not serve another",
    remedy: REMEDY,
    run: replayedVote,
  },
];
