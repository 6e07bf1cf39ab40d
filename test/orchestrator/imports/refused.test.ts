import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { SealedArtifact } from "../../../orchestrator/artifacts/index.ts";
import { eventProblem } from "../../../orchestrator/imports/event-shapes.ts";
import { documentProblem } from "../../../orchestrator/imports/exported-run.ts";
import { recordIn } from "../../../orchestrator/imports/sealed-export.ts";
import { auditLines, diffRun, importRun, showRun, verifyExport, verifyLedger } from "../../../orchestrator/index.ts";
import { planOf } from "../../../orchestrator/integrity/plan.ts";
import type { LedgerEvent } from "../../../orchestrator/ledger/event.ts";
import { type CabincrewError, digestOf, type JsonObject } from "../../../schema/index.ts";
import {
  all,
  crewAt,
  elsewhere,
  fileOf,
  ledger,
  newStateDir,
  publicKey,
  runs,
  scratch,
  write,
} from "./exports-of-a-ledger.ts";
import { forged } from "./forge.ts";

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
