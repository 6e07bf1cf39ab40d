/** The ledger after the fact: changed, cut, rolled back; each must be found by `verify`. */
import { chmodSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { verifyLedger } from "../../integrity/index.ts";
import { showRun } from "../../operations/queries.ts";
import { readyToTakeOff } from "../approve.ts";
import type { Attack } from "../attack.ts";
import { assumeThat, expectHeld } from "../outcome.ts";
import { type Place, takeOff } from "../place.ts";
import type { Scratch } from "../scratch.ts";
import { storedFile, tamperWith } from "./altered.ts";

const REMEDY = "Keep the output of `cabincrew audit --head` elsewhere and report it.";

interface Flown {
  readonly place: Place;
  readonly runId: string;
}

/** A place with one completed run, whose ledger verifies. */
async function flown(scratch: Scratch, name: string): Promise<Flown> {
  const place = scratch.place(name);
  const { runId } = await readyToTakeOff(scratch, place, await scratch.harmless());
  const { exitCode, code } = await takeOff(place, runId);
  expectHeld(exitCode === 0, `The run should have completed, but ended with ${code}.`);
  const { findings } = await verifyLedger(await place.crew());
  expectHeld(findings.length === 0, `verify finds fault with an intact ledger: ${findings[0]?.message}`);
  return { place, runId };
}

async function expectFound({ place }: Flown, what: string, expectHead?: string): Promise<string> {
  const report = await verifyLedger(await place.crew({ create: false }), expectHead ? { expectHead } : {}).catch(
    (error: unknown) => ({ ok: false, findings: [{ where: "", message: (error as Error).message }] }),
  );
  const [first] = report.findings;
  expectHeld(!report.ok && first !== undefined, `${what}, and verify found nothing.`);
  return `${what}: verify found it (${first.message.replace(/\.$/, "")}).`;
}

async function rows(scratch: Scratch, name: string, statement: string, what: string): Promise<string> {
  const ledger = await flown(scratch, name);
  await ledger.place.close();
  tamperWith(ledger.place, statement);
  return expectFound(ledger, what);
}

async function content(scratch: Scratch): Promise<string> {
  const ledger = await flown(scratch, "content-changed");
  const { artifacts } = await showRun(await ledger.place.crew(), ledger.runId);
  const sha256 = artifacts.find((artifact) => artifact.sha256)?.sha256;
  assumeThat(sha256 !== undefined, "The run holds no content");
  chmodSync(storedFile(ledger.place, sha256), 0o644);
  writeFileSync(storedFile(ledger.place, sha256), "rewritten history\n");
  return expectFound(ledger, "An artifact of a completed run was rewritten");
}

async function rolledBack(scratch: Scratch): Promise<string> {
  const ledger = await flown(scratch, "rolled-back");
  const { place } = ledger;
  await place.close();
  const older = `${place.stateDir}-older`;
  cpSync(place.stateDir, older, { recursive: true });
  await readyToTakeOff(scratch, place, { ...(await scratch.harmless()), text: "another text\n" });
  const { head } = await verifyLedger(await place.crew());
  assumeThat(head !== null, "The ledger has no head");
  await place.close();
  rmSync(place.stateDir, { recursive: true });
  cpSync(older, place.stateDir, { recursive: true });
  return expectFound(ledger, "An older copy was put in the ledger's place; a head noted since is expected", head.hash);
}

export const LEDGER: readonly Attack[] = [
  {
    id: "ledger-entry-changed",
    guarantee: "A changed entry of the ledger is found",
    remedy: REMEDY,
    run: (scratch) =>
      rows(
        scratch,
        "entry-changed",
        "update entries set body = replace(body, '\"allow\"', '\"Allow\"') || ' ' where seq = 3",
        "One entry was changed",
      ),
  },
  {
    id: "ledger-entry-removed",
    guarantee: "A removed entry of the ledger is found",
    remedy: REMEDY,
    run: (scratch) => rows(scratch, "entry-removed", "delete from entries where seq = 3", "One entry was removed"),
  },
  { id: "artifact-rewritten", guarantee: "A rewritten artifact of a past run is found", remedy: REMEDY, run: content },
  {
    id: "ledger-rolled-back",
    guarantee: "A ledger that was rolled back is found with a head that was noted elsewhere",
    remedy: REMEDY,
    run: rolledBack,
  },
];
