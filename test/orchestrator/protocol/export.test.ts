import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { auditLines } from "../../../orchestrator/audit/index.ts";
import { openContentStore } from "../../../orchestrator/content/index.ts";
import { readExportDocument } from "../../../orchestrator/integrity/export-document.ts";
import { EXPORT_MEMBERS } from "../../../orchestrator/integrity/export-file.ts";
import { verifyExport } from "../../../orchestrator/integrity/index.ts";
import { sealEntry } from "../../../orchestrator/ledger/chain.ts";
import { draft, type EventDraft, type LedgerEntry } from "../../../orchestrator/ledger/event.ts";
import { exportLines, exportRun } from "../../../orchestrator/protocol/index.ts";
import { protocolState } from "../../../orchestrator/protocol/states.ts";
import { RUN_STATES } from "../../../orchestrator/states/states.ts";
import type { StoredEntry } from "../../../orchestrator/store/port.ts";
import { type JsonObject, packageRoot } from "../../../schema/index.ts";
import { type RealLedger, realLedger, withLedger } from "../integrity/real-ledger.ts";
import { opened, openStore, stateDirectory } from "../ledger-fixture.ts";
import { hasReference, problemsOf } from "./reference.ts";

type Bundle = JsonObject & {
  readonly protocol: Record<string, never> & { readonly [part: string]: JsonObject & JsonObject[] };
};

let ledger: RealLedger;
let runs: Record<string, string>;
const bundles = new Map<string, Bundle>();
beforeAll(async () => {
  ledger = await realLedger();
  const { completed, approved, waiting, paused, cancelled, failed } = ledger;
  runs = { completed, approved, waiting, paused, cancelled, failed };
  await withLedger(ledger, ledger.place.stateDir, async (crew) => {
    for (const [name, id] of Object.entries(runs)) bundles.set(name, (await exportRun(crew, id)) as Bundle);
  });
});

const bundle = (name: string): Bundle => {
  const found = bundles.get(name);
  if (!found) throw new Error(name);
  return found;
};

const PARTS = {
  audit_events: "AuditEvent",
  plan_token: "PlanToken",
  approval_requests: "ApprovalRequest",
  approval_responses: "ApprovalResponse",
  workflow_state_record: "WorkflowStateRecord",
  wal: "WALEntry",
  engine_inputs: "EngineInput",
  engine_outputs: "EngineOutput",
  preflight_input: "PreflightInput",
  preflight_output: "PreflightOutput",
} as const;

function problemsIn(protocol: Bundle["protocol"]): string[] {
  return Object.entries(PARTS).flatMap(([part, definition]) => {
    const value: JsonObject | JsonObject[] | null = protocol[part] ?? null;
    const documents = Array.isArray(value) ? value : value === null ? [] : [value];
    return documents.flatMap((document) => problemsOf(definition, document));
  });
}

describe("an exported run", () => {
  it.runIf(hasReference).each(["completed", "approved", "waiting", "paused", "cancelled", "failed"])(
    "that is %s validates against the protocol's schema, document by document",
    (name) => {
      expect(problemsIn(bundle(name).protocol)).toEqual([]);
    },
  );

  it("has every document of a run that was approved and took off", () => {
    const { protocol } = bundle("approved");
    expect(Object.keys(protocol).sort()).toEqual(Object.keys(PARTS).sort());
    for (const part of Object.keys(PARTS)) expect(protocol[part], part).toBeTruthy();
    expect(protocol["approval_requests"]).toHaveLength(1);
    expect(protocol["approval_responses"]).toMatchObject([{ approved: true, approver: "grace", reason: "fine" }]);
    expect(protocol["engine_outputs"]).toMatchObject([
      { mode: "flight-plan", artifacts: [{ name: "change", path: "change/body", role: "state" }] },
      { mode: "take-off" },
    ]);
    expect(protocol["plan_token"]).toMatchObject({
      model: "none",
      token: bundle("approved")["plan_document"] && expect.any(String),
    });
    expect(protocol["preflight_output"]).toMatchObject({
      decision: "require_approval",
      requires: { role: "operator" },
    });
  });

  it("leaves out what the run has not got to", () => {
    expect(bundle("failed").protocol).toMatchObject({
      plan_token: null,
      preflight_input: null,
      preflight_output: null,
    });
  });

  it("names the nearest of the protocol's states for ours, and says which it was", () => {
    expect(bundle("paused").protocol["workflow_state_record"]).toMatchObject({
      current_state: "PREFLIGHT_COMPLETE",
      metadata: { cabincrew_state: "PAUSED" },
    });
    expect(bundle("cancelled").protocol["workflow_state_record"]).toMatchObject({
      current_state: "FAILED",
      metadata: { cabincrew_state: "CANCELLED" },
    });
    expect(protocolState("TAKEOFF_UNKNOWN", null)).toBe("TAKEOFF_RUNNING");
    const theirs = new Set(RUN_STATES.map((state) => protocolState(state, null)));
    expect(theirs.size).toBe(14);
  });

  it("holds no value of a secret and no path of the state directory", () => {
    expect(JSON.stringify(bundle("approved"))).not.toContain(ledger.place.stateDir);
  });

  it("can be named by a plan-token, and is refused where that means several runs", async () => {
    await withLedger(ledger, ledger.place.stateDir, async (crew) => {
      const token = String(bundle("completed").protocol["plan_token"]?.["token"]);
      expect(await exportRun(crew, token)).toMatchObject({ run_id: ledger.completed });
      await expect(exportRun(crew, "00000000000000")).rejects.toMatchObject({ code: "not_found" });
    });
  });
});

describe("the schema of an exported run", () => {
  const schema = JSON.parse(
    readFileSync(path.join(packageRoot(), "schema", "json", "export.schema.json"), "utf8"),
  ) as JsonObject & { readonly required: readonly string[] };
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  const accepts = ajv.compile(schema);
  const problems = (value: unknown): string[] => {
    accepts(value);
    return (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  it("accepts every real one, with its contents, and names exactly the members that the checker knows", async () => {
    expect([...schema.required].sort()).toEqual([...EXPORT_MEMBERS].sort());
    for (const name of Object.keys(runs)) expect([name, problems(bundle(name))]).toEqual([name, []]);
    const acceptsLine = ajv.compile({ $ref: `${schema["$id"]}#/$defs/contents_line` });
    await withLedger(ledger, ledger.place.stateDir, async (crew) => {
      const lines: unknown[] = [];
      for await (const line of exportLines(crew, ledger.approved)) lines.push(JSON.parse(line));
      expect(problems(lines[0])).toEqual([]);
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines.slice(1)) expect([acceptsLine(line), acceptsLine.errors]).toEqual([true, null]);
    });
  });

  it("refuses one with a member too many, one too few or one of another form", () => {
    const whole = bundle("approved");
    const { outputs: _, ...less } = whole;
    const [first, ...others] = whole["entries"] as JsonObject[];
    for (const [changed, where] of [
      [{ ...whole, proven: true }, "additional properties"],
      [less, "required property 'outputs'"],
      [{ ...whole, key_id: "none" }, "/key_id"],
      [{ ...whole, entries: [{ ...first, hash: "0" }, ...others] }, "/entries/0/hash"],
      [{ ...whole, protocol: { ...whole.protocol, wal: null } }, "/protocol/wal"],
    ] as const)
      expect(problems(changed).join("; ")).toContain(where);
  });
});

describe("what only a recovered run goes through", () => {
  it.runIf(hasReference)("validates too: interrupted, reconciled, retried and resolved take-offs", async () => {
    const stateDir = stateDirectory();
    const store = openStore(stateDir);
    const content = openContentStore(stateDir);
    try {
      const list = await content.putBytes(Buffer.from("[]"));
      const token = await content.putBytes(Buffer.from("{}"));
      const events: EventDraft[] = [
        opened({ engine: { ...specEngine, model: "model-7" } }),
        draft("flight_plan.started", { attempt: 1, workspace_hash: "d".repeat(64) }),
        draft("run.interrupted", { signal: "interrupted" }),
        draft("flight_plan.started", { attempt: 2, workspace_hash: "d".repeat(64) }),
        draft("flight_plan.completed", { receipt: receipt("flight-plan"), stop }),
        draft("artifacts.sealed", { count: 0, bytes: 0, list_sha256: list.sha256, first: [] }),
        draft("token.created", {
          token: token.sha256,
          workspace_hash: "d".repeat(64),
          changes: { files: 0, insertions: 0, deletions: 0 },
          review_sha256: null,
        }),
        draft("preflight.started", { policies: [], models: ["m"] }),
        draft("policy.evaluated", {
          evaluation: {
            source: "onnx",
            policy_id: "m",
            decision: "warn",
            reason: "hm",
            findings: [],
            evidence: { p: 0.4 },
          },
        }),
        draft("policy.evaluated", {
          evaluation: {
            source: "orchestrator",
            policy_id: "x",
            decision: "allow",
            reason: "ok",
            findings: [],
            evidence: {},
          },
        }),
        draft("preflight.completed", { decision: "warn", reasons: ["hm"] }),
        draft("run.paused", { by: ada }),
        draft("run.continued", { by: ada }),
        draft("token.verified", {
          token: token.sha256,
          workspace_hash: "d".repeat(64),
          governance_digest: "a".repeat(64),
        }),
        draft("take_off.started", { token: token.sha256, attempt: 1 }),
        draft("take_off.interrupted", { by: "kill" }),
        draft("take_off.reconciled", { outcome: "partial", evidence: "half" }),
        draft("take_off.retried", { token: token.sha256, attempt: 2, evidence: "idempotent" }),
        draft("take_off.interrupted", { by: "kill" }),
        draft("take_off.resolved", { outcome: "applied", evidence: "seen", vote: null }),
        draft("run.completed", { summary: "done" }),
      ];
      await store.append({ runId: "01RECOVERED", expectedVersion: 0, events, at: "2026-01-02T03:04:05.000Z" });
      const exported = (await exportRun({ store, content }, "01RECOVERED")) as Bundle;
      expect(problemsIn(exported.protocol)).toEqual([]);
      expect(exported.protocol["plan_token"]).toMatchObject({ model: "model-7" });
    } finally {
      await store.close();
    }
  });

  const ada = { id: "ada", proven: false };
  const stop = { exit_code: 0, duration_ms: 1, sandbox: "none", log_sha256: null, log_bytes: 0 } as const;
  const receipt = (mode: "flight-plan" | "take-off") =>
    ({ protocol_version: "draft", engine_id: "e", mode, receipt_id: "r", status: "success" }) as const;
  const specEngine = {
    selection: "exec",
    id: "e",
    version: "1",
    digest: "e".repeat(64),
    idempotent: true,
    reconcile: true,
    model: null,
  };
});

describe("verify of an export, with nothing but the file and the public key", () => {
  const publicKey = () => path.join(ledger.place.stateDir, "keys", "ledger.pub.pem");
  let files = 0;
  const fileOf = (text: string): string => {
    files += 1;
    const file = path.join(ledger.place.root, `export-${files}`);
    writeFileSync(file, text);
    return file;
  };
  const verify = (text: string) => verifyExport(fileOf(text), publicKey());
  async function lines(run?: string): Promise<string[]> {
    return withLedger(ledger, ledger.place.stateDir, async (crew) => {
      const all: string[] = [];
      for await (const line of auditLines(crew, { format: "ndjson", ...(run ? { run } : {}) })) all.push(line);
      return all;
    });
  }
  const messages = async (text: string) => (await verify(text)).findings.map((finding) => finding.message);

  it("accepts each exported run, compact or indented", async () => {
    for (const name of Object.keys(runs)) {
      const text = JSON.stringify(bundle(name), null, name === "completed" ? 2 : 0);
      expect(await verify(text), name).toMatchObject({ ok: true, findings: [], runs: 1 });
    }
  });

  it("accepts the whole ledger, and the lines of one run", async () => {
    const whole = await verify((await lines()).join("\n"));
    expect(whole).toMatchObject({ ok: true, findings: [], runs: 6 });
    expect(whole.checked).toContain("chain");
    const one = await verify(`${(await lines(ledger.approved)).join("\n")}\n`);
    expect(one).toMatchObject({ ok: true, findings: [], runs: 1 });
    expect(one.checked[0]).toMatch(/one run/);
  });

  it("finds every change, removal or exchange of a line", async () => {
    const all = await lines();
    const silent: string[] = [];
    for (let index = 0; index < all.length; index += 1) {
      const variants = {
        changed: all.with(index, (all[index] ?? "").replace(/(\\"at\\":\\")2/, "$13")),
        removed: index === all.length - 1 ? ["{}"] : all.toSpliced(index, 1),
        doubled: all.toSpliced(index, 0, all[index] ?? ""),
        swapped: index === 0 ? ["[]"] : all.toSpliced(index - 1, 2, all[index] ?? "", all[index - 1] ?? ""),
      };
      for (const [how, changed] of Object.entries(variants)) {
        const report = await verify(changed.join("\n")).catch(() => ({ ok: false }));
        if (report.ok) silent.push(`${how} ${index}`);
      }
    }
    expect(silent).toEqual([]);
  });

  it("finds an entry that its ledger signed and that is neither an event nor an import", async () => {
    const all = await lines();
    const last = JSON.parse(all.at(-1) ?? "") as StoredEntry;
    const place = { seq: last.seq + 1, prev: last.hash };
    const first = JSON.parse((JSON.parse(all[0] ?? "") as StoredEntry).body) as LedgerEntry;
    const noImport = {
      ...first,
      format: "cabincrew.import/1",
      type: "run.imported",
      data: {},
    } as unknown as LedgerEntry;
    for (const [entry, expected] of [
      [first, `Entry ${place.seq} begins a ledger inside of this one.`],
      [noImport, `Entry ${place.seq} is no import of a run: it.data has no run_id.`],
    ] as const) {
      const line = await withLedger(ledger, ledger.place.stateDir, async ({ store }) =>
        JSON.stringify({ seq: place.seq, ...sealEntry({ ...entry, ...place } as LedgerEntry, store.key.privateKey) }),
      );
      expect(await messages([...all, line].join("\n"))).toEqual([expected]);
    }
  });

  it("says of which entries the signature is wrong", async () => {
    const all = (await lines()).map((line) => JSON.parse(line));
    const text = all.map((entry) =>
      JSON.stringify(entry.seq === 7 ? { ...entry, signature: all[7].signature } : entry),
    );
    expect(await messages(text.join("\n"))).toContain(
      "The signature of entry 7 does not fit its text and the ledger's key.",
    );
  });

  it("refuses several runs without the ledger's beginning: entries could be missing unseen", async () => {
    expect(await messages((await lines()).slice(1).join("\n"))).toEqual([
      "The file holds 6 runs, but does not begin with entry 1.",
    ]);
  });

  it("finds what does not follow from the entries of a bundle", async () => {
    const whole = bundle("approved");
    const { protocol } = whole;
    const artifacts = whole["artifacts"] as JsonObject[];
    const [change] = artifacts;
    const variants: Record<string, JsonObject> = {
      "artifact list": { ...whole, artifacts: [{ ...change, target: "elsewhere" }] },
      "plan document": { ...whole, plan_document: { ...(whole["plan_document"] as JsonObject), step_id: "x" } },
      "protocol.approval_responses": {
        ...whole,
        protocol: { ...protocol, approval_responses: [{ approval_id: "x", approved: true }] },
      },
      "protocol.extra": { ...whole, protocol: { ...protocol, extra: [] } },
      "another key": { ...whole, key_id: "0".repeat(16) },
      "do not fold to the run": { ...whole, run_id: "01OTHER" },
      "cannot be followed": { ...whole, entries: (whole["entries"] as JsonObject[]).toSpliced(3, 1) },
    };
    for (const [expected, changed] of Object.entries(variants)) {
      expect((await messages(JSON.stringify(changed))).join("\n"), expected).toContain(expected);
    }
  });

  it("misses a member that was taken out although there is nothing in it", async () => {
    for (const name of ["plan_document", "plan_token", "preflight_input", "preflight_output"]) {
      const document = JSON.parse(JSON.stringify(bundle("failed")));
      const holder = name in document ? document : document.protocol;
      expect(holder[name], name).toBe(null);
      delete holder[name];
      expect((await verify(JSON.stringify(document))).ok, name).toBe(false);
    }
  });

  describe("with its contents", () => {
    const carried = (run: string) =>
      withLedger(ledger, ledger.place.stateDir, async (crew) => {
        const all: string[] = [];
        for await (const line of exportLines(crew, run)) all.push(line);
        return all;
      });
    const changed = (line: string | undefined, change: JsonObject) =>
      JSON.stringify({ ...(JSON.parse(line ?? "") as JsonObject), ...change });

    it("accepts each run, and says how many contents it looked at", async () => {
      for (const [name, run] of Object.entries(runs)) {
        const all = await carried(run);
        const report = await verify(`${all.join("\n")}\n`);
        expect(report, name).toMatchObject({ ok: true, findings: [] });
        if (all.length > 1) expect(report.checked).toContain(`contents (${all.length - 1})`);
      }
      expect((await carried(ledger.approved)).length).toBeGreaterThan(2);
    });

    it("finds content that is changed, cut off, missing, doubled, out of order or of something else", async () => {
      const [document = "", ...pieces] = await carried(ledger.approved);
      const [first = "", ...more] = pieces;
      const data = Buffer.from("[]\n").toString("base64");
      const variants: Record<string, readonly string[]> = {
        "is not what was sealed": [...more, changed(first, { data })].toReversed(),
        "than the plan says": [changed(first, { data: Buffer.alloc(99).toString("base64") }), ...more],
        "with a gap": [changed(first, { offset: 1 }), ...more],
        "lacks the ": more,
        " twice": [first, ...pieces],
        "does not name": [changed(first, { sha256: "0".repeat(64) }), ...more],
        "line 2 is no piece": [changed(first, { more: 1 }), ...more],
        "line 2 is no piece of content": [first.replace('{"sha256":', '{"sha256":"","sha256":'), ...more],
        "line 3 is no piece": [first, changed(first, { data: "no base64!" })],
        "more than 4194304 bytes": [first, "x".repeat(6e6)],
      };
      for (const [expected, lines] of Object.entries(variants))
        expect((await messages(`${[document, ...lines].join("\n")}\n`)).join("\n"), expected).toContain(expected);
      expect(await messages([document, ...pieces].join("\n").slice(0, -9))).toEqual([
        "The contents of the file cannot be read: its last line is cut off.",
      ]);
    });
  });

  it("never calls a document whole that two readers could read in two ways", async () => {
    const text = JSON.stringify(bundle("completed"));
    await expect(verify(text.replace('"run_id"', '"run_id":"01OTHER","run_id"'))).rejects.toMatchObject({
      code: "usage",
      message: expect.stringContaining('the key "run_id" twice'),
    });
  });

  it("reads no document that is larger than it may be", () => {
    const file = fileOf(JSON.stringify(bundle("completed"), null, 2));
    const compact = fileOf(JSON.stringify(bundle("completed")));
    for (const each of [file, compact]) {
      const fd = openSync(each, "r");
      expect(() => readExportDocument(fd, each, 1000)).toThrow("larger than 1000 bytes");
      expect(readExportDocument(fd, each).document["run_id"]).toBe(ledger.completed);
      closeSync(fd);
    }
  });

  it("refuses at once what is no plain file", async () => {
    const pipe = path.join(ledger.place.root, "pipe");
    execFileSync("mkfifo", [pipe]);
    // The last is a plain file that reports an error when it is read.
    for (const file of [pipe, ledger.place.root, "/proc/self/mem"])
      await expect(verifyExport(file, publicKey())).rejects.toMatchObject({ code: "usage" });
  });

  it("refuses another ledger's key, and files that are something else", async () => {
    const other = stateDirectory();
    await openStore(other).close();
    const report = await verifyExport(
      fileOf(JSON.stringify(bundle("completed"))),
      path.join(other, "keys", "ledger.pub.pem"),
    );
    expect(report.ok).toBe(false);
    expect(report.findings.map((finding) => finding.message).join()).toMatch(/names another key than the given one/);
    await expect(verify('{"hello": 1}')).rejects.toMatchObject({ code: "usage" });
    await expect(verify("not json")).rejects.toMatchObject({ code: "usage" });
    await expect(verifyExport("/nowhere", publicKey())).rejects.toMatchObject({ code: "usage" });
    await expect(verifyExport(fileOf("{}"), fileOf("no key"))).rejects.toMatchObject({ code: "key_invalid" });
    const privateKey = publicKey().replace("ledger.pub.pem", "ledger.pem");
    await expect(verifyExport(fileOf("{}"), privateKey)).rejects.toMatchObject({
      code: "key_invalid",
      message: expect.stringContaining("is a private key"),
      next: expect.stringContaining("ledger.pub.pem beside it"),
    });
  });
});
