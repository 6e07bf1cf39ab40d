import { createPublicKey } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { openContentStore } from "../../../orchestrator/content/index.ts";
import { Doubt } from "../../../orchestrator/integrity/doubt.ts";
import { readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import { startFirstPart } from "../../../orchestrator/integrity/first-part.ts";
import { type FoldedRun, RunFolder } from "../../../orchestrator/integrity/fold.ts";
import { verifyLedger } from "../../../orchestrator/integrity/index.ts";
import { LedgerPass, type PartResult } from "../../../orchestrator/integrity/pass.ts";
import type { EventDraft, LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import { applyEvent } from "../../../orchestrator/runs/fold.ts";
import type { RunRecord } from "../../../orchestrator/runs/record.ts";
import { openScan } from "../../../orchestrator/store/sqlite/scan.ts";
import { AT, wholeRun } from "../ledger-fixture.ts";
import { copyOf, type RealLedger, realLedger, tamper, withLedger } from "./real-ledger.ts";

let ledger: RealLedger;
beforeAll(async () => {
  ledger = await realLedger();
});

/** The whole ledger in one pass, or in two that meet behind entry `at`; undefined where the two are in doubt. */
async function verified(stateDir: string, at?: number) {
  const key = createPublicKey(readFileSync(path.join(ledger.place.stateDir, "keys", "ledger.pub.pem"), "utf8"));
  const content = openContentStore(stateDir);
  const scan = openScan(stateDir);
  const doubt = new Doubt();
  const firstPart = async (): Promise<PartResult | undefined> => {
    const first = new LedgerPass(scan, content, { key, thorough: false, to: at, doubt });
    await first.entries();
    // As it comes from another thread.
    return structuredClone(await first.result());
  };
  try {
    const part = at === undefined ? {} : { after: at, before: firstPart(), doubt };
    const pass = new LedgerPass(scan, content, { key, thorough: false, ...part });
    await pass.entries();
    await pass.rest();
    const { events, runs, contents, votes, findings } = pass;
    return pass.inDoubt ? undefined : { events, runs, contents, votes, findings: findings.all };
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

/** The events of one run; their places follow. */
function eventsOf(drafts: readonly EventDraft[], runId: string): LedgerEvent[] {
  let record: RunRecord | null = null;
  return drafts.map((each) => {
    const after: RunRecord = applyEvent(record, each, { run_id: runId, seq: 0, at: AT });
    record = after;
    const { version: run_seq, state } = after;
    return { ...each, run_id: runId, at: AT, step_id: "main", run_seq, state } as LedgerEvent;
  });
}

function interleaved(runs: readonly (readonly LedgerEvent[])[], order: readonly number[]): LedgerEvent[] {
  const left = runs.map((events) => [...events]);
  const next = (turn: number) => [0, 1, 2].map((by) => left[(turn + by) % 3] ?? []).find((run) => run.length > 0);
  return order.map((turn) => next(turn)?.shift() as LedgerEvent);
}

/** What somebody with the ledger's key can make of them: the chain around them would be whole. */
function forged(
  events: LedgerEvent[],
  forgeries: readonly { readonly kind: string; readonly at: number; readonly to: number }[],
): LedgerEvent[] {
  for (const { kind, at, to } of forgeries) {
    const [from, other] = [at % events.length, to % events.length];
    const one = events[from] as LedgerEvent;
    if (kind === "remove") events.splice(from, 1);
    else if (kind === "repeat") events.splice(other, 0, one);
    else if (kind === "renumber") events[from] = { ...one, run_seq: (events[other] as LedgerEvent).run_seq };
    else [events[from], events[other]] = [events[other] as LedgerEvent, one];
  }
  return events.map((event, index) => ({ ...event, seq: index + 2 }));
}

/** The runs that these parts fold to; undefined where something is found, as it is of two runs with one projection. */
function folded(parts: readonly (readonly LedgerEvent[])[]) {
  const findings = new Findings();
  const records: RunRecord[] = [];
  const keep = ({ record }: FoldedRun) => records.push(structuredClone(record));
  let runs = 0;
  let going: ReturnType<RunFolder["handOver"]> = [];
  for (const [index, events] of parts.entries()) {
    const inside = index > 0;
    const folder = new RunFolder(findings, { canonical: false, folded: keep, signed: () => {}, inside });
    for (const event of events) folder.accept(event, "");
    if (inside && !folder.continueWith(structuredClone(going))) return undefined;
    if (index < parts.length - 1) going = folder.handOver();
    else for (const run of folder.rest()) keep(run);
    runs += folder.runs;
  }
  const ids = new Set(records.map(({ run_id }) => run_id));
  if (findings.met > 0 || ids.size < records.length) return undefined;
  return { runs, records: records.sort((a, b) => (a.run_id < b.run_id ? -1 : 1)) };
}

describe("a ledger that is verified in two parts", () => {
  it("gives what one pass gives, wherever it is split", async () => {
    const whole = await verified(ledger.place.stateDir);
    expect(whole).toMatchObject({ runs: 6, findings: [] });
    for (let at = 1; at <= (whole?.events ?? 0); at += 1)
      expect(await verified(ledger.place.stateDir, at)).toEqual(whole);
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

  it("folds to the same runs, or is in doubt exactly where one pass finds something, whatever order events are forged to", () => {
    const runs = ["01A", "01B", "01C"].map((runId) => eventsOf(wholeRun(), runId));
    const forgery = fc.record({
      kind: fc.constantFrom("remove", "repeat", "swap", "renumber"),
      at: fc.nat(35),
      to: fc.nat(35),
    });
    const turns = fc.array(fc.nat(2), { minLength: 36, maxLength: 36 });
    let whole = 0;
    fc.assert(
      fc.property(turns, fc.array(forgery, { maxLength: 2 }), fc.nat(40), (order, forgeries, at) => {
        const events = forged(interleaved(runs, order), forgeries);
        const one = folded([events]);
        expect(folded([events.slice(0, at), events.slice(at)])).toEqual(one);
        whole += one ? 1 : 0;
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(whole).toBeGreaterThan(50);
    expect(whole).toBeLessThan(350);
  });

  it("puts nothing right that was forged to stand before its run began", () => {
    const run = eventsOf(wholeRun(), "01A");
    const events = forged([...run.slice(-1), ...run.slice(0, -1)], []);
    expect(folded([events])).toBe(undefined);
    expect(folded([[], events])).toBe(undefined);
    expect(folded([[], forged(run, [])])).toMatchObject({ runs: 1 });
  });

  it.each(Object.keys(TAMPERINGS))(
    "is in doubt where %s was tampered with, on each side and at the seam",
    async (what) => {
      const events = (await verified(ledger.place.stateDir))?.events ?? 0;
      const at = Math.floor(events / 2);
      for (const seq of [3, at - 1, at, at + 1, events - 3]) {
        const stateDir = copyOf(ledger);
        tamper(stateDir, (db) => TAMPERINGS[what]?.(db, seq));
        expect((await verified(stateDir))?.findings).not.toEqual([]);
        expect(await verified(stateDir, at)).toBe(undefined);
      }
    },
  );
});

describe("verify of a ledger that is large enough for two threads", () => {
  const report = (stateDir: string, from?: number) =>
    withLedger(ledger, stateDir, async (crew) => ({
      ...(await verifyLedger(crew, {}, from === undefined ? {} : { from })),
      duration_ms: 0,
    }));

  it("reports what one thread reports", async () => {
    const { stateDir } = ledger.place;
    const one = await report(stateDir);
    expect(one.ok).toBe(true);
    expect(await report(stateDir, 1)).toEqual(one);
  });

  it.each(Object.keys(TAMPERINGS))("reports of %s that was tampered with what one thread reports", async (what) => {
    const stateDir = copyOf(ledger);
    const last = (await report(ledger.place.stateDir)).events;
    tamper(stateDir, (db) => {
      for (const seq of [last - 4, Math.floor(last / 2), 4]) TAMPERINGS[what]?.(db, seq);
    });
    const one = await report(stateDir);
    expect(one.findings.length).toBeGreaterThan(1);
    expect(await report(stateDir, 1)).toEqual(one);
  });

  it("does not see what is appended meanwhile, in neither thread", async () => {
    const stateDir = copyOf(ledger);
    const before = await report(stateDir, 1);
    const during = await withLedger(ledger, stateDir, async (crew) => {
      const verifying = verifyLedger(crew, {}, { from: 1 });
      const events = wholeRun().slice(0, 8);
      await crew.store.append({ runId: "01HF7YAT00J3QMSYMFA9E5YDNR", expectedVersion: 0, events, at: AT });
      return { ...(await verifying), duration_ms: 0 };
    });
    expect(during).toEqual(before);
    expect((await report(stateDir, 1)).events).toBe(before.events + 8);
  });

  it("gives no result of the other thread where that finds something, is refused or dies", async () => {
    const damaged = copyOf(ledger);
    tamper(damaged, (db) => db.exec("update entries set hash = lower(hex(zeroblob(32))) where seq = 3"));
    const dying = path.join(path.dirname(damaged), "dying.cjs");
    writeFileSync(dying, "process.exit(0);");
    await withLedger(ledger, ledger.place.stateDir, async ({ store }) => {
      const ends = async (stateDir: string, ...program: string[]) => {
        const part = startFirstPart({ stateDir, store }, { to: 5, thorough: false }, ...program);
        return [await part?.result, await part?.pages];
      };
      expect(await ends(damaged)).toEqual([undefined, undefined]);
      expect(await ends(path.join(ledger.place.root, "nothing"))).toEqual([undefined, undefined]);
      expect(await ends(ledger.place.stateDir, dying)).toEqual([undefined, undefined]);
      expect(await ends(ledger.place.stateDir, path.join(damaged, "missing.cjs"))).toEqual([undefined, undefined]);
      expect(await ends(ledger.place.stateDir)).toMatchObject([{ events: 5 }, { problem: undefined }]);
    });
  });
});
