import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SealedArtifact } from "../../../orchestrator/artifacts/index.ts";
import { openCrew } from "../../../orchestrator/crew.ts";
import { eventProblem } from "../../../orchestrator/imports/event-shapes.ts";
import { documentProblem } from "../../../orchestrator/imports/exported-run.ts";
import { recordIn } from "../../../orchestrator/imports/sealed-export.ts";
import {
  auditLines,
  type Crew,
  cancelRun,
  decideApproval,
  diffRun,
  explainRun,
  exportLines,
  exportRun,
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
import { planOf } from "../../../orchestrator/integrity/plan.ts";
import { sealEntry } from "../../../orchestrator/ledger/chain.ts";
import { draft, type LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import type { ImportedRun, LedgerImport } from "../../../orchestrator/ledger/import-entry.ts";
import { CabincrewError, canonicalJson, digestOf, type JsonObject, sha256 } from "../../../schema/index.ts";
import { copyOf, type RealLedger, realLedger, tamper } from "../integrity/real-ledger.ts";
import { hasReference, problemsOf } from "../protocol/reference.ts";
import { forged } from "./forge.ts";

let ledger: RealLedger;
let scratch: string;
let home: Crew;
/** Files by run and by whether they carry contents. */
const files = new Map<string, string>();
let runs: readonly string[];

const write = (name: string, text: string): string => {
  const file = path.join(scratch, name);
  writeFileSync(file, text);
  return file;
};
async function all(lines: AsyncIterable<string>): Promise<readonly string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
const crewAt = (stateDir: string, user = "eve") =>
  openCrew({
    stateDir,
    configDir: ledger.place.configDir,
    governanceDir: ledger.governanceDir,
    environment: {},
    principal: { id: user, proven: false },
  });
let places = 0;
function newStateDir(): string {
  places += 1;
  return path.join(scratch, `state-${places}`);
}
async function at<T>(stateDir: string, work: (crew: Crew) => Promise<T>): Promise<T> {
  const crew = await crewAt(stateDir);
  try {
    return await work(crew);
  } finally {
    await crew.close();
  }
}
/** A ledger of its own for one test. */
const elsewhere = <T>(work: (crew: Crew) => Promise<T>) => at(newStateDir(), work);
const fileOf = (run: string, contents = true) => files.get(`${run} ${contents}`) ?? "";
const publicKey = () => path.join(ledger.place.stateDir, "keys", "ledger.pub.pem");

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

/** Refused by its shape alone; `verify --export` has nothing to say to a history that is right. */
const ONLY_HERE = {};

describe("an export that is not what it says", () => {
  const variants = (): Record<string, readonly [code: string, text: string]> => {
    const text = readFileSync(fileOf(ledger.approved, false), "utf8");
    const document = JSON.parse(text) as JsonObject & { entries: JsonObject[]; artifacts: JsonObject[] };
    const [document2, ...pieces] = readFileSync(fileOf(ledger.approved), "utf8").trimEnd().split("\n");
    const others = (JSON.parse(readFileSync(fileOf(ledger.completed, false), "utf8")) as typeof document).entries;
    const changed = (change: JsonObject) => JSON.stringify({ ...document, ...change });
    const [artifact = {}] = document.artifacts;
    return {
      "no JSON": ["usage", "hello"],
      "an empty file": ["usage", ""],
      "another document": ["usage", "{}"],
      "a key twice": ["usage", text.replace('"run_id"', '"run_id": "x",\n"run_id"')],
      "endless nesting": ["usage", `${"[".repeat(1e6)}`],
      "no UTF-8": ["usage", text.replace("ada", "\u0000ada")],
      "entries of a ledger": ["usage", document.entries.map((entry) => JSON.stringify(entry)).join("\n")],
      "a member more": ["import_refused", changed({ more: 1 })],
      "a member less": ["import_refused", JSON.stringify({ ...document, protocol: undefined })],
      "a run id that is a path": ["import_refused", changed({ run_id: "../../etc/passwd" })],
      "a list that is none": ["import_refused", changed({ artifacts: {} })],
      "entries that are none": ["import_refused", changed({ entries: [1, 2] })],
      "one entry": ["import_refused", changed({ entries: document.entries.slice(0, 1) })],
      "entries of two runs": ["import_refused", changed({ entries: [...document.entries, ...others.slice(1)] })],
      "an entry less": ["import_refused", changed({ entries: document.entries.toSpliced(4, 1) })],
      "the end cut off": ["import_refused", changed({ entries: document.entries.slice(0, -1) })],
      "a changed entry": ["import_refused", text.replace("grace", "mallo")],
      "an artifact that escapes": ["import_refused", changed({ artifacts: [{ ...artifact, name: "../../bin/sh" }] })],
      "an artifact with a control character": [
        "import_refused",
        changed({ artifacts: [{ ...artifact, name: "a\u001b[2J" }] }),
      ],
      "two artifacts of one name": ["import_refused", changed({ artifacts: [artifact, artifact] })],
      "a text nested without end": [
        "import_refused",
        changed({ entries: [...document.entries.slice(0, 2), { ...document.entries[2], body: "[".repeat(1e6) }] }),
      ],
      "a lone surrogate": ["import_refused", text.replace(/"mime": "[^"]*/, '"mime": "\\ud800')],
      "a private key": [
        "import_refused",
        changed({ public_key: "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n" }),
      ],
      "content missing": ["import_refused", `${[document2, ...pieces.slice(1)].join("\n")}\n`],
      "content cut off": ["import_refused", [document2, ...pieces].join("\n").slice(0, -20)],
      "content of something else": [
        "import_refused",
        `${[document2, ...pieces, pieces[0]?.replace(/[0-9a-f]{64}/, "0".repeat(64))].join("\n")}\n`,
      ],
    };
  };

  it("is refused, and nothing is written", async () => {
    const stateDir = newStateDir();
    const crew = await crewAt(stateDir);
    for (const [what, [code, text]] of Object.entries(variants())) {
      const file = write("hostile", what === "no UTF-8" ? "" : text);
      if (what === "no UTF-8") writeFileSync(file, Buffer.from(text.replace("\u0000", "\u00ff"), "latin1"));
      await expect(importRun(crew, file), what).rejects.toMatchObject({ code });
      expect(existsSync(stateDir), what).toBe(false);
      expect((await verifyExport(file, publicKey()).catch(() => ({ ok: true }))).ok && code !== "usage", what).toBe(
        what in ONLY_HERE,
      );
    }
    const huge = write("huge", '{"format":"cabincrew.export/1",');
    truncateSync(huge, 2 ** 40);
    await expect(importRun(crew, huge)).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining("not JSON"),
    });
    await expect(importRun(crew, path.join(scratch, "nothing"))).rejects.toMatchObject({ code: "usage" });
    await expect(importRun(crew, scratch)).rejects.toMatchObject({ code: "usage" });
    await crew.close();
  });
});

describe("an export that its own ledger signed, and that yet is no run's", () => {
  /** What nobody reads a member of, so that anything may stand in it. */
  const FREE = /\.(config|payload|evidence|detail|first|metadata|diagnostics|metrics|differences)(\.|$)/;
  const wrongFor = (value: unknown) =>
    typeof value === "string" ? 7 : typeof value === "object" && value !== null ? "x" : {};
  function* paths(value: unknown, at = ""): Generator<string> {
    if (at !== "") yield at;
    if (typeof value !== "object" || value === null || FREE.test(at)) return;
    for (const [key, member] of Object.entries(value)) yield* paths(member, `${at}.${key}`);
  }
  function withWrong(event: JsonObject, at: string): JsonObject {
    const copy = structuredClone(event) as Record<string, unknown>;
    const keys = at.slice(1).split(/\.(?=[^.]*)/);
    const last = keys.pop() ?? "";
    const holder = keys.reduce((inner, key) => inner[key] as Record<string, unknown>, copy);
    holder[last] = wrongFor(holder[last]);
    return copy as JsonObject;
  }

  it("is refused for a wrong type in whatever is read of its events, and accepted without", () => {
    const accepted: string[] = [];
    let tried = 0;
    for (const run of runs) {
      const document = JSON.parse(readFileSync(fileOf(run, false), "utf8")) as JsonObject & { entries: JsonObject[] };
      expect(documentProblem(document)).toBeUndefined();
      for (const entry of document.entries.slice(1)) {
        const event = JSON.parse(String(entry["body"])) as JsonObject;
        for (const at of paths(event)) {
          tried += 1;
          if (eventProblem(withWrong(event, at) as never) === undefined && !at.endsWith(".diagnostics"))
            accepted.push(`${event["type"]}${at}`);
        }
      }
    }
    expect([...new Set(accepted)]).toEqual([]);
    expect(tried).toBeGreaterThan(1000);
  });

  it("is shown for what it is: another ledger's word, with nothing in it that commands a terminal or breaks a verb", async () => {
    const document = JSON.parse(readFileSync(fileOf(ledger.completed, false), "utf8"));
    const evil = forged(document, (event) => {
      if (event.type === "run.opened")
        return { ...event, data: { ...event.data, requester: { id: "\u001b]0;mine\u0007ada", proven: true } } };
      if (event.type === "artifacts.sealed")
        return { ...event, data: { ...event.data, first: [{ name: { a: 1 }, body: { size: "x" } }] } };
      if (event.type === "run.completed") return { ...event, data: { summary: "\u202eok\u0000" } };
      return event;
    });
    const file = write("forged", JSON.stringify(evil));
    await expect(verifyExport(file, publicKey())).resolves.toMatchObject({ ok: false });
    await elsewhere(async (crew) => {
      expect(await importRun(crew, file)).toMatchObject({ origin: { key_known: "first_use", ledger: evil["key_id"] } });
      await expect(importRun(crew, fileOf(ledger.completed))).rejects.toMatchObject({ code: "import_refused" });
      expect(await showRun(crew, ledger.completed)).toMatchObject({ origin: { ledger: evil["key_id"] } });
      for (const format of ["ndjson", "cabincrew", "cloudevents"] as const)
        expect(await all(auditLines(crew, { run: ledger.completed, format }))).not.toHaveLength(0);
      expect(await verifyLedger(crew)).toMatchObject({ ok: true });
    });
  });

  it("is told as what it is where it names as its review what is none", async () => {
    const document = JSON.parse(readFileSync(fileOf(ledger.completed, false), "utf8"));
    const [{ metadata_sha256 }] = document.artifacts;
    const evil = forged(document, (event) =>
      event.type === "token.created" ? { ...event, data: { ...event.data, review_sha256: metadata_sha256 } } : event,
    );
    const file = write("review", JSON.stringify(evil));
    await elsewhere(async (crew) => {
      await importRun(crew, file);
      await expect(all(diffRun(crew, ledger.completed))).rejects.toMatchObject({ code: "ledger_corrupt" });
    });
  });

  it("is refused for a vote of somebody whose key is known here, which that key has not signed", async () => {
    const document = JSON.parse(readFileSync(fileOf(ledger.approved, false), "utf8"));
    const evil = forged(document, (event) => {
      if (event.type !== "approval.recorded") return event;
      const { vote } = event.data;
      const payload = { ...vote.payload, comment: "all of it" };
      return { ...event, data: { vote: { ...vote, comment: "all of it", payload } } };
    });
    const file = write("voted", JSON.stringify(evil));
    await elsewhere(async (crew) => {
      await expect(importRun(crew, file)).rejects.toMatchObject({
        code: "import_refused",
        message: expect.stringMatching(/^The vote of grace is not signed by key/),
      });
    });
  });

  it.each([
    ["a reason that only a newer version knows", "run.failed", { reason: "moon_phase" }],
    ["a type that only a newer version knows", "run.failed", undefined],
    ["a time that is none", "run.opened", "2026-99-99T00:00:00.000Z"],
  ])("is refused for %s", async (_what, type, change) => {
    const document = JSON.parse(readFileSync(fileOf(ledger.failed, false), "utf8"));
    const changed = (event: LedgerEvent) => {
      if (event.type !== type) return event;
      if (typeof change === "string") return { ...event, at: change };
      return change ? { ...event, data: { ...event.data, ...change } } : { ...event, type: "run.exploded" };
    };
    const file = write("newer", JSON.stringify(forged(document, changed)));
    await elsewhere(async (crew) => {
      await expect(importRun(crew, file)).rejects.toMatchObject({ code: "import_refused" });
    });
  });
});

describe("an export that would be found damaged afterwards", () => {
  const change = (event: LedgerEvent, data: JsonObject) => ({ ...event, data: { ...event.data, ...data } });

  it("is refused for a number of artifacts that is not that of its list", async () => {
    const [first = "", ...pieces] = readFileSync(fileOf(ledger.completed), "utf8").trimEnd().split("\n");
    const evil = forged(JSON.parse(first), (event) =>
      event.type === "artifacts.sealed" ? change(event, { count: 7 }) : event,
    );
    await expectRefused([JSON.stringify(evil), ...pieces], "recorded 7 artifacts; the list of the file has 1");
  });

  it("is refused in a sentence that people can read, however much it says itself", async () => {
    const document = JSON.parse(readFileSync(fileOf(ledger.completed, false), "utf8"));
    const evil = forged(document, (event) => ({
      ...event,
      step_id: event.run_seq === 3 ? "x".repeat(100_000) : event.step_id,
    }));
    await elsewhere(async (crew) => {
      const error: unknown = await importRun(crew, write("long", JSON.stringify(evil))).catch(
        (refusal: unknown) => refusal,
      );
      expect(error).toMatchObject({ code: "import_refused", message: expect.stringContaining("it is of step xxx") });
      expect(JSON.stringify([(error as Error).message, (error as CabincrewError).detail]).length).toBeLessThan(5000);
    });
  });

  it.each<[string, string, (artifact: SealedArtifact) => readonly SealedArtifact[]]>([
    [
      "two sizes of one content",
      "cannot have both 12 and 99 bytes",
      (artifact) => [
        artifact,
        { ...artifact, name: `${artifact.name}-2`, body: { sha256: artifact.body?.sha256 ?? "", size: 99 } },
      ],
    ],
    [
      "a list that shows another target than the document that the plan-token covers",
      'Artifact "change" has another description than the one that was hashed',
      (artifact) => [{ ...artifact, target: "README.md" }],
    ],
  ])("is refused for %s", async (_what, why, lie) => {
    const [first = "", ...pieces] = readFileSync(fileOf(ledger.completed), "utf8").trimEnd().split("\n");
    const document = JSON.parse(first) as JsonObject & { artifacts: SealedArtifact[]; entries: never[] };
    const run = recordIn(document);
    const artifacts = document.artifacts.flatMap(lie);
    const plan = planOf(run, artifacts);
    const token = (event: LedgerEvent) =>
      JSON.parse(JSON.stringify(event).replaceAll(run.token ?? "-", plan.token)) as LedgerEvent;
    const lists = { artifacts, plan_document: plan.document } as unknown as JsonObject;
    const evil = forged({ ...document, ...lists }, (event) =>
      event.type === "artifacts.sealed"
        ? change(event, { count: artifacts.length, list_sha256: digestOf(artifacts) })
        : token(event),
    );
    await expectRefused([JSON.stringify(evil), ...pieces], why);
  });
});

async function expectRefused(lines: readonly string[], why: string): Promise<void> {
  const file = write("damaged", `${lines.join("\n")}\n`);
  await elsewhere(async (crew) => {
    await expect(importRun(crew, file)).rejects.toMatchObject({
      code: "import_refused",
      message: expect.stringContaining(why),
    });
  });
}

describe("what is kept of imports", () => {
  /** A ledger with two imports of one run and one of another, to be damaged. */
  let whole: string;
  beforeAll(async () => {
    whole = newStateDir();
    await at(whole, async (crew) => {
      await importRun(crew, fileOf(ledger.approved, false));
      await importRun(crew, fileOf(ledger.waiting));
      await importRun(crew, fileOf(ledger.approved));
    });
  });
  const copy = () => {
    const stateDir = newStateDir();
    cpSync(whole, stateDir, { recursive: true });
    return stateDir;
  };
  const messages = (stateDir: string) =>
    at(stateDir, async (crew) => (await verifyLedger(crew)).findings.map(({ message }) => message).join("\n"));

  it("gives the same rows when they are dropped and folded again", async () => {
    await at(whole, async (crew) => {
      const folded = new Map<string, unknown>();
      for await (const { body } of crew.store.entries({})) {
        const { type, seq, data } = JSON.parse(body);
        if (type !== "run.imported") continue;
        const record = recordIn(JSON.parse((await crew.content.read(data.export_sha256)).toString()));
        const { state, token, run_id } = record;
        const row = { run_id, seq, state, token, public_key: data.ledger.public_key, record: canonicalJson(record) };
        folded.set(run_id, row);
      }
      const rows = await crew.store.listImports({ limit: 100 });
      expect(rows).toEqual([...folded.values()].toReversed());
      expect(rows).toHaveLength(2);
    });
  });

  it.each([
    [
      "a row that says another state",
      "update imports set state = 'FAILED' where token is not null",
      "is not what its export says",
    ],
    ["a row of an earlier import", "update imports set seq = 2 where seq = 4", "is not of its last import"],
    ["a row less", "delete from imports where seq = 4", "is missing"],
    [
      "a row too many",
      "insert into imports select '7' || substr(run_id, 2), seq, state, token, public_key, record from imports limit 1",
      "but no import of such a run",
    ],
    [
      "a row of a run",
      "insert into runs select run_id, 1, state, token, record from imports limit 1",
      "no event of such a run",
    ],
    ["an import that is filed under a run", "update entries set run_id = 'X' where seq = 3", "is filed under run X"],
    [
      "a changed import",
      "update entries set body = replace(body, 'first_use', 'given') where seq = 2",
      "The hash of entry 2",
    ],
  ])("is found damaged with %s", async (_what, sql, expected) => {
    const stateDir = copy();
    tamper(stateDir, (db) => db.exec(sql));
    expect(await messages(stateDir)).toContain(expected);
  });

  it.each([
    ["whose row is gone", "delete from imports", "is not of its last import"],
    ["whose row names no key", "update imports set public_key = 'x'", "names no public key"],
  ])("is not gone on with where there is a run %s", async (_what, sql, expected) => {
    const stateDir = copy();
    tamper(stateDir, (db) => db.exec(sql));
    await at(stateDir, async (crew) => {
      const work = expected.endsWith("key") ? listRuns(crew) : importRun(crew, fileOf(ledger.waiting));
      await expect(work).rejects.toMatchObject({
        code: "ledger_corrupt",
        message: expect.stringContaining(expected),
      });
    });
  });

  it("is found damaged where the kept document or contents are gone or changed", async () => {
    const { approved } = ledger;
    const addresses = await at(whole, async (crew) => {
      const { origin } = await showRun(crew, approved);
      const bundle = await exportRun(crew, approved);
      const [artifact = {}] = bundle["artifacts"] as JsonObject[];
      return [origin?.export_sha256 ?? "", String((artifact["body"] as JsonObject)["sha256"])];
    });
    for (const address of addresses) {
      const stateDir = copy();
      const file = path.join(stateDir, "store", address.slice(0, 2), address);
      rmSync(file);
      expect(await messages(stateDir)).toMatch(/is not intact/);
      writeFileSync(file, "something else");
      expect(await messages(stateDir)).toMatch(/is not intact/);
    }
    const [document = ""] = addresses;
    const stateDir = copy();
    rmSync(path.join(stateDir, "store", document.slice(0, 2), document));
    await at(stateDir, (crew) => expect(showRun(crew, approved)).rejects.toMatchObject({ code: "ledger_corrupt" }));
  });

  it("is found out where this ledger's own owner records what no export proves", async () => {
    const lies: Record<string, (data: JsonObject) => JsonObject> = {
      "another run, ledger or head": (data) => ({ ...data, run_id: ledger.completed, replaces: null }),
      "takes the place of entry": (data) => ({ ...data, replaces: null }),
      "is no import of a run": (data) => ({ ...data, contents: "yes" }),
      "of another ledger than the import": (data) => ({
        ...data,
        replaces: 4,
        ledger: { ...(data["ledger"] as JsonObject), public_key: "-----" },
      }),
      "is not of its last import, entry 5": (data) => ({ ...data, replaces: 4 }),
    };
    for (const [expected, lie] of Object.entries(lies)) {
      const stateDir = copy();
      const { entry, body, signature, hash } = await at(stateDir, async (crew) => {
        const [last, head] = [await crew.store.loadImport(ledger.approved), await crew.store.head()];
        const place = { seq: (head?.seq ?? 0) + 1, prev: head?.hash ?? "" };
        const entry = {
          ...last?.entry,
          ...place,
          data: lie(last?.entry.data as unknown as JsonObject),
        } as unknown as LedgerImport;
        return { entry, ...sealEntry(entry, crew.store.key.privateKey) };
      });
      tamper(stateDir, (db) => {
        db.prepare("insert into entries values (?, null, ?, ?, ?)").run(entry.seq, body, signature, hash);
      });
      expect(await messages(stateDir)).toContain(expected);
    }
  });

  it("stays intact when another version writes the protocol's documents in another way", async () => {
    const run = ledger.completed;
    await at(copy(), async (crew) => {
      const document = JSON.parse(readFileSync(fileOf(run, false), "utf8"));
      const { row, entry } = (await crew.store.loadImport(ledger.approved)) ?? {};
      const older = { ...document, protocol: { ...document.protocol, wal: [] } };
      const { sha256: export_sha256 } = await crew.content.putBytes(Buffer.from(canonicalJson(older)));
      const { key_id, public_key, head } = document;
      const said = {
        run_id: run,
        export_sha256,
        ledger: { key_id, public_key, head },
        contents: false,
        replaces: null,
      };
      const data = { ...entry?.data, ...said } as ImportedRun;
      await crew.store.appendImport({ data, record: recordIn(older), at: "2026-01-01T00:00:00.000Z" });
      expect(row?.public_key).toBe(public_key);
      expect(await verifyLedger(crew)).toMatchObject({ ok: true, findings: [] });
      expect(await exportRun(crew, run)).toEqual(document);
    });
    await expect(
      importRun(home, write("older", readFileSync(fileOf(run, false), "utf8").replace('"wal"', '"old"'))),
    ).rejects.toMatchObject({
      code: "import_refused",
    });
  });

  it("holds the file's own digest", async () => {
    await at(whole, async (crew) => {
      const { origin } = await showRun(crew, ledger.waiting);
      expect(origin?.file.sha256).toBe(sha256(readFileSync(fileOf(ledger.waiting))));
      expect(readdirSync(path.join(whole, "store", "tmp"))).toEqual([]);
    });
  });
});
