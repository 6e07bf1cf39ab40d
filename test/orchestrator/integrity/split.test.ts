import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { openContentStore } from "../../../orchestrator/content/index.ts";
import { readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import { startFirstPart } from "../../../orchestrator/integrity/first-part.ts";
import { type FoldedRun, RunFolder } from "../../../orchestrator/integrity/fold.ts";
import { verifyLedger } from "../../../orchestrator/integrity/index.ts";
import { LedgerPass, type PartResult } from "../../../orchestrator/integrity/pass.ts";
import { openScan } from "../../../orchestrator/store/sqlite/scan.ts";
import { copyOf, type RealLedger, realLedger, tamper, withLedger } from "./real-ledger.ts";

let ledger: RealLedger;
beforeAll(async () => {
  ledger = await realLedger();
});

/** The whole ledger in one pass, or in two that meet behind entry `at`. */
async function verified(stateDir: string, at?: number) {
  const key = createPublicKey(readFileSync(path.join(ledger.place.stateDir, "keys", "ledger.pub.pem"), "utf8"));
  const content = openContentStore(stateDir);
  const scan = openScan(stateDir);
  const firstPart = async (): Promise<PartResult> => {
    const first = new LedgerPass(scan, content, { key, thorough: false, to: at });
    await first.entries();
    // As it comes from another thread.
    return structuredClone(await first.result());
  };
  try {
    const pass = new LedgerPass(scan, content, {
      key,
      thorough: false,
      ...(at === undefined ? {} : { after: at, before: firstPart }),
    });
    await pass.entries();
    await pass.rest();
    const { events, runs, contents, votes } = pass;
    return { events, runs, contents, votes, messages: pass.findings.all.map(({ message }) => message).sort() };
  } finally {
    scan.close();
  }
}

const TAMPERINGS: Readonly<Record<string, (db: Database.Database, seq: number) => void>> = {
  "a text": (db, seq) =>
    db.prepare(`update entries set body = replace(body, '"at":"2', '"at":"3') where seq = ?`).run(seq),
  "a missing entry": (db, seq) => db.prepare("delete from entries where seq = ?").run(seq),
  "a run's version": (db, seq) =>
    db
      .prepare("update runs set version = version + 1 where run_id = (select run_id from entries where seq = ?)")
      .run(seq),
};

describe("a ledger that is verified in two parts", () => {
  it("gives what one pass gives, wherever it is split", async () => {
    const whole = await verified(ledger.place.stateDir);
    expect(whole).toMatchObject({ runs: 6, messages: [] });
    for (let at = 0; at <= whole.events; at += 1) expect(await verified(ledger.place.stateDir, at)).toEqual(whole);
  });

  it("goes on with runs that rested outside of the heap when the parts met", () => {
    const scan = openScan(ledger.place.stateDir);
    const rows = [...scan.entries()].flat();
    scan.close();
    const records = (at: number): readonly string[] => {
      const found: string[] = [];
      const findings = new Findings();
      const keep = ({ record }: FoldedRun) => found.push(JSON.stringify(record));
      const options = { canonical: false, folded: keep, signed: () => {}, awakeAtMost: 0 };
      const [first, second] = [new RunFolder(findings, options), new RunFolder(findings, { ...options, inside: true })];
      for (const row of rows) {
        const read = readEntry(row[2]);
        if (typeof read !== "string" && read.event) (row[0] <= at ? first : second).accept(read.event, row[2]);
      }
      second.continueWith(structuredClone(first.handOver()));
      for (const run of second.rest()) keep(run);
      expect(findings.all).toEqual([]);
      return found.sort();
    };
    const whole = records(0);
    expect(whole).toHaveLength(6);
    for (const { 0: at } of rows) expect(records(at)).toEqual(whole);
  });

  it.each(Object.keys(TAMPERINGS))("shows %s that was tampered with, on each side and at the seam", async (what) => {
    const { events } = await verified(ledger.place.stateDir);
    const at = Math.floor(events / 2);
    for (const seq of [3, at - 1, at, at + 1, events - 3]) {
      const stateDir = copyOf(ledger);
      tamper(stateDir, (db) => TAMPERINGS[what]?.(db, seq));
      const whole = await verified(stateDir);
      expect(whole.messages).not.toEqual([]);
      expect((await verified(stateDir, at)).messages).toEqual(expect.arrayContaining(whole.messages));
    }
  });
});

describe("verify of a ledger that is large enough for two threads", () => {
  it("reports what one thread reports", async () => {
    const { stateDir } = ledger.place;
    const [one, two] = await withLedger(ledger, stateDir, async (crew) => [
      await verifyLedger(crew),
      await verifyLedger(crew, {}, { from: 1 }),
    ]);
    expect({ ...two, duration_ms: 0 }).toEqual({ ...one, duration_ms: 0 });
  });

  it("shows damage that only the other thread sees", async () => {
    const stateDir = copyOf(ledger);
    tamper(stateDir, (db) => db.exec("update entries set hash = lower(hex(zeroblob(32))) where seq = 3"));
    const { ok, findings } = await withLedger(ledger, stateDir, (crew) => verifyLedger(crew, {}, { from: 1 }));
    expect(ok).toBe(false);
    expect(findings.map(({ where }) => where)).toEqual(["entry 3"]);
  });

  it("takes what the other thread was refused for its own refusal, never half a ledger for the whole", async () => {
    const refused = await withLedger(ledger, ledger.place.stateDir, async ({ store }) => {
      const part = startFirstPart(
        { stateDir: path.join(ledger.place.root, "nothing"), store },
        { to: 5, thorough: false },
      );
      return part.result().catch((error: unknown) => error);
    });
    expect(refused).toMatchObject({ name: "CabincrewError", code: "not_found" });
  });
});
