import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  auditLines,
  cancelRun,
  decideApproval,
  diffRun,
  explainRun,
  exportLines,
  importRun,
  listApprovals,
  listRuns,
  pauseRun,
  readLog,
  replayRun,
  resolveRun,
  resumeAll,
  resumeRun,
  retryRun,
  showRun,
  verifyExport,
  verifyLedger,
} from "../../../orchestrator/index.ts";
import { draft } from "../../../orchestrator/ledger/event.ts";
import { CabincrewError } from "../../../schema/index.ts";
import { copyOf } from "../integrity/real-ledger.ts";
import { hasReference, problemsOf } from "../protocol/reference.ts";
import {
  all,
  at,
  crewAt,
  elsewhere,
  fileOf,
  home,
  ledger,
  newStateDir,
  publicKey,
  runs,
  scratch,
  write,
} from "./exports-of-a-ledger.ts";
import { forged } from "./forge.ts";

describe("an imported run", () => {
  it("is shown by every reading verb as it is where it lives, for runs in any state", async () => {
    await elsewhere(async (crew) => {
      for (const run of runs) {
        expect(await importRun(crew, fileOf(run))).toMatchObject({ outcome: "imported", exit_code: 0, run_id: run });
        const [{ report: there, ...whole }, { report: here, origin, ...same }] = [
          await showRun(home, run),
          await showRun(crew, run),
        ];
        expect(same).toEqual(whole);
        const { approval: _, next: _next, ...reported } = there;
        expect(here).toEqual({ ...reported, next: here.next });
        expect(here.next === null).toBe(there.next === null);
        expect(origin).toMatchObject({ key_known: expect.any(String), imported_by: { id: "eve" }, contents: true });
        expect(await all(readLog(crew, run))).toEqual(await all(readLog(home, run)));
        if (whole.plan_token) expect(await all(diffRun(crew, run))).toEqual(await all(diffRun(home, run)));
        for (const format of ["ndjson", "cabincrew", "cloudevents"] as const)
          expect(await all(auditLines(crew, { run, format }))).toEqual(await all(auditLines(home, { run, format })));
        expect(await replayRun(crew, run)).toEqual(await replayRun(home, run));
        expect((await all(exportLines(crew, run))).join("\n")).toBe((await all(exportLines(home, run))).join("\n"));
      }
      const listed = await listRuns(crew);
      expect(listed.map(({ origin, ...run }) => run)).toEqual(await listRuns(home));
      expect(listed.every(({ origin }) => origin?.ledger === home.store.key.keyId)).toBe(true);
      expect(await listRuns(crew, { state: "FAILED", limit: 1 })).toMatchObject([{ run_id: ledger.failed }]);
      expect((await listRuns(crew, { before: ledger.waiting })).map(({ run_id }) => run_id)).toEqual(
        runs.slice(0, 2).toReversed(),
      );
      expect(await verifyLedger(crew)).toMatchObject({ ok: true, runs: 0 });
      expect(await verifyLedger(crew, { run: ledger.approved })).toMatchObject({ ok: true });
      expect((await verifyLedger(crew)).checked).toContain("imported runs (6)");
      const trail = (await all(auditLines(crew, { format: "cabincrew" }))).map((line) => JSON.parse(line));
      expect(trail.map(({ event_type }) => event_type)).toEqual(["ledger.created", ...runs.map(() => "run.imported")]);
      if (hasReference) expect(trail.flatMap((event) => problemsOf("AuditEvent", event))).toEqual([]);
      const inTwoThreads = await verifyLedger(crew, {}, { from: 2 });
      expect(inTwoThreads).toMatchObject({ ok: true, events: 7 });
      const lines = write("ledger.ndjson", (await all(auditLines(crew, { format: "ndjson" }))).join("\n"));
      expect(await verifyExport(lines, path.join(crew.stateDir, "keys", "ledger.pub.pem"))).toMatchObject({ ok: true });
    });
  });

  it("can be looked at without its contents, and says what is not here", async () => {
    await elsewhere(async (crew) => {
      const { approved: run } = ledger;
      expect(await importRun(crew, fileOf(run, false))).toMatchObject({ origin: { contents: false } });
      const { origin, report, ...same } = await showRun(crew, run);
      expect(same).toEqual((({ report: _, ...whole }) => whole)(await showRun(home, run)));
      expect(await replayRun(crew, run)).toMatchObject({ ok: true, not_compared: [expect.stringMatching(/contents/)] });
      for (const reading of [diffRun(crew, run), readLog(crew, run)])
        await expect(all(reading)).rejects.toMatchObject({
          code: "not_found",
          next: expect.stringContaining("--contents"),
        });
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
      expect(await importRun(crew, fileOf(run))).toMatchObject({ outcome: "replaced", origin: { contents: true } });
      expect((await all(diffRun(crew, run))).join("")).toContain("package-lock.json");
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
    });
  });

  it("can be moved by nobody here", async () => {
    await elsewhere(async (crew) => {
      for (const run of runs) await importRun(crew, fileOf(run));
      const entries = (await crew.store.head())?.seq;
      const { waiting, failed, paused } = ledger;
      const token = (await showRun(crew, waiting)).plan_token ?? "";
      const moves: Record<string, () => Promise<unknown>> = {
        approve: () => decideApproval(crew, { ref: token, decision: "approve" }),
        "approve by run": () => decideApproval(crew, { ref: token, run: waiting, decision: "approve" }),
        reject: () => decideApproval(crew, { ref: waiting, decision: "reject" }),
        resume: () => resumeRun(crew, waiting),
        cancel: () => cancelRun(crew, waiting),
        pause: () => pauseRun(crew, waiting),
        "continue a paused one": () => resumeRun(crew, paused),
        retry: () => retryRun(crew, failed),
        resolve: () => resolveRun(crew, waiting, { outcome: "applied" }),
        explain: () => explainRun(crew, waiting),
        "replay --execute": () => replayRun(crew, waiting, { execute: true }),
      };
      for (const [name, move] of Object.entries(moves))
        await expect(move(), name).rejects.toMatchObject({ code: "run_imported", exitCode: 2 });
      expect(await resumeAll(crew)).toEqual([]);
      expect(await listApprovals(crew)).toEqual([]);
      expect(await crew.store.open()).toEqual([]);
      expect((await showRun(crew, waiting)).report).not.toHaveProperty("approval");
      expect((await crew.store.head())?.seq).toBe(entries);
    });
  });

  it("that had not ended is never said to be resumed here", async () => {
    const document = JSON.parse(readFileSync(fileOf(ledger.completed, false), "utf8"));
    const begun = { ...document, entries: document.entries.slice(0, 2), plan_document: null, artifacts: [] };
    const file = write("begun", JSON.stringify(forged(begun, (event) => event)));
    await elsewhere(async (crew) => {
      expect(await importRun(crew, file)).toMatchObject({ state: "INIT" });
      expect((await showRun(crew, ledger.completed)).report.next).toContain("lives in the ledger of key");
    });
  });

  it("has no claim on a plan: the same plan of this ledger takes off", async () => {
    await elsewhere(async (crew) => {
      await importRun(crew, fileOf(ledger.completed));
      const events = await all(auditLines(home, { run: ledger.completed, format: "ndjson" }));
      const drafts = events.map((line) => JSON.parse(JSON.parse(line).body)).map(({ type, data }) => draft(type, data));
      const runId = `7${"Z".repeat(25)}`;
      const record = await crew.store.append({
        runId,
        expectedVersion: 0,
        events: drafts,
        at: "2026-01-01T00:00:00.000Z",
      });
      expect(record).toMatchObject({ state: "COMPLETED", take_off_attempts: 1 });
      await expect(showRun(crew, record.token ?? "")).rejects.toMatchObject({ code: "ambiguous" });
      expect(await crew.store.load(runId)).toEqual(record);
    });
  });
});

describe("importing", () => {
  it("the same export twice is nothing to do, whatever its white space", async () => {
    await elsewhere(async (crew) => {
      const { completed } = ledger;
      await importRun(crew, fileOf(completed, false));
      const compact = write("compact.json", JSON.stringify(JSON.parse(readFileSync(fileOf(completed, false), "utf8"))));
      for (const file of [fileOf(completed, false), compact])
        expect(await importRun(crew, file)).toMatchObject({
          outcome: "nothing_to_do",
          exit_code: 0,
          origin: { entry: 2 },
        });
      expect((await crew.store.head())?.seq).toBe(2);
    });
  });

  it("a run that went on replaces what was known; an older export does not; another history is refused", async () => {
    const { waiting } = ledger;
    const [later, other] = [copyOf(ledger), copyOf(ledger)];
    const exported = async (stateDir: string, comment: string) => {
      await at(stateDir, async (crew) => {
        await cancelRun(crew, waiting, { comment });
        write(`${comment}.ndjson`, `${(await all(exportLines(crew, waiting))).join("\n")}\n`);
      });
      return path.join(scratch, `${comment}.ndjson`);
    };
    const [one, two] = [await exported(later, "one"), await exported(other, "two")];
    await elsewhere(async (crew) => {
      await importRun(crew, fileOf(waiting));
      expect(await importRun(crew, one)).toMatchObject({
        outcome: "replaced",
        state: "CANCELLED",
        origin: { entry: 3 },
      });
      expect(await showRun(crew, waiting)).toMatchObject({ state: "CANCELLED" });
      expect(await importRun(crew, fileOf(waiting))).toMatchObject({ outcome: "nothing_to_do", state: "CANCELLED" });
      await expect(importRun(crew, two)).rejects.toMatchObject({
        code: "import_refused",
        exitCode: 5,
        message: expect.stringContaining("contradicts"),
      });
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
      expect((await crew.store.head())?.seq).toBe(3);
    });
    await at(later, async (crew) => {
      for (const file of [one, fileOf(waiting)])
        expect(await importRun(crew, file)).toMatchObject({ outcome: "nothing_to_do", state: "CANCELLED" });
      await expect(importRun(crew, two)).rejects.toMatchObject({ code: "import_refused" });
    });
    await expect(importRun(home, one)).rejects.toMatchObject({
      code: "import_refused",
      message: expect.stringContaining("entries were lost here"),
    });
    for (const dir of [later, other]) rmSync(path.dirname(dir), { recursive: true });
  });

  it("what this ledger's own key signed and this ledger does not have is refused: it lost entries", async () => {
    const stateDir = newStateDir();
    mkdirSync(stateDir);
    cpSync(path.join(ledger.place.stateDir, "keys"), path.join(stateDir, "keys"), { recursive: true });
    await at(stateDir, async (crew) => {
      await expect(importRun(crew, fileOf(ledger.completed))).rejects.toMatchObject({
        code: "import_refused",
        message: expect.stringContaining("this ledger's own key"),
      });
    });
  });

  it("says and records how the key was known", async () => {
    await elsewhere(async (crew) => {
      const { completed, approved, waiting } = ledger;
      expect(await importRun(crew, fileOf(completed))).toMatchObject({ origin: { key_known: "first_use" } });
      expect(await importRun(crew, fileOf(approved))).toMatchObject({ origin: { key_known: "before" } });
      const publicKeyFile = publicKey();
      expect(await importRun(crew, fileOf(waiting), { publicKeyFile })).toMatchObject({
        origin: { key_known: "given" },
      });
      expect(await importRun(crew, fileOf(completed), { publicKeyFile })).toMatchObject({
        outcome: "replaced",
        origin: { key_known: "given" },
      });
      expect(await importRun(crew, fileOf(completed))).toMatchObject({ outcome: "nothing_to_do" });
      expect(await importRun(crew, fileOf(approved, false), { publicKeyFile })).toMatchObject({
        outcome: "replaced",
        origin: { key_known: "given", contents: true },
      });
      const publicKeyOfOther = path.join(crew.stateDir, "keys", "ledger.pub.pem");
      await expect(importRun(crew, fileOf(waiting), { publicKeyFile: publicKeyOfOther })).rejects.toMatchObject({
        code: "import_refused",
        message: expect.stringContaining("the key that was named is"),
      });
    });
  });

  it("by two at once is done once", async () => {
    const stateDir = newStateDir();
    const [one, two] = [await crewAt(stateDir), await crewAt(stateDir)];
    try {
      const reports = await Promise.all([one, two].map((crew) => importRun(crew, fileOf(ledger.approved))));
      expect(reports.map(({ outcome }) => outcome).sort()).toEqual(["imported", "nothing_to_do"]);
      expect(await verifyLedger(one)).toMatchObject({ ok: true });
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });

  it("into a full file system is refused, and says that it can be done again", async () => {
    await elsewhere(async (crew) => {
      crew.content.putBytes = async () => {
        throw new CabincrewError("disk_full", "Storing a file: no space is left.");
      };
      await expect(importRun(crew, fileOf(ledger.approved))).rejects.toMatchObject({
        code: "disk_full",
        next: expect.stringContaining("import it again"),
      });
    });
  });

  it("that ends before its entry leaves content that nothing names, and can be done again", async () => {
    await elsewhere(async (crew) => {
      const append = crew.store.appendImport.bind(crew.store);
      crew.store.appendImport = async () => {
        throw new Error("killed");
      };
      await expect(importRun(crew, fileOf(ledger.approved))).rejects.toThrow("killed");
      expect(await listRuns(crew)).toEqual([]);
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
      crew.store.appendImport = append;
      expect(await importRun(crew, fileOf(ledger.approved))).toMatchObject({ outcome: "imported" });
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
    });
  });
});
