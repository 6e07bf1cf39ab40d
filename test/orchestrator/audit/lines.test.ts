import { beforeAll, describe, expect, it } from "vitest";
import { type AuditFormat, auditLines } from "../../../orchestrator/audit/index.ts";
import { entryHash } from "../../../orchestrator/ledger/chain.ts";
import { canonicalJson } from "../../../schema/index.ts";
import { type RealLedger, realLedger, withLedger } from "../integrity/real-ledger.ts";
import { AT, openStore, stateDirectory, wholeRun } from "../ledger-fixture.ts";
import { hasReference, problemsOf } from "../protocol/reference.ts";

let ledger: RealLedger;
beforeAll(async () => {
  ledger = await realLedger();
});

type Line = Record<string, never> & { readonly [key: string]: string };

async function read(format: AuditFormat, run?: string): Promise<Line[]> {
  return withLedger(ledger, ledger.place.stateDir, async (crew) => {
    const lines: Line[] = [];
    for await (const line of auditLines(crew, { format, ...(run ? { run } : {}) })) {
      expect(line).not.toContain("\n");
      lines.push(JSON.parse(line));
    }
    return lines;
  });
}

describe("the audit trail", () => {
  it("is the ledger itself in our own format: text, signature and hash of every entry", async () => {
    const lines = await read("ndjson");
    expect(lines.map((line) => Number(line["seq"]))).toEqual(lines.map((_, index) => index + 1));
    for (const { body = "", signature = "", hash } of lines) expect(entryHash(body, signature)).toBe(hash);
  });

  it("can be that of one run", async () => {
    const lines = await read("ndjson", ledger.approved);
    expect(new Set(lines.map((line) => JSON.parse(line["body"] ?? "").run_id))).toEqual(new Set([ledger.approved]));
    await expect(read("ndjson", "01NOBODYHASTHIS")).rejects.toMatchObject({ code: "not_found" });
  });

  it.runIf(hasReference)("is valid by the protocol's schema as AuditEvents, for every kind of run", async () => {
    const lines = await read("cabincrew");
    expect(lines.flatMap((line) => problemsOf("AuditEvent", line))).toEqual([]);
  });

  it("covers what an auditor asks for, as AuditEvents", async () => {
    const lines = await read("cabincrew", ledger.approved);
    const of = (type: string) => lines.find((line) => line["event_type"] === type);
    expect(of("flight_plan.completed")).toMatchObject({
      engine: { status: "success" },
      workflow: { mode: "flight-plan" },
    });
    expect(of("artifacts.sealed")).toMatchObject({ artifacts: [{ name: "change", role: "state" }] });
    expect(of("policy.evaluated")).toMatchObject({ policy: { policy_evaluations: [{ source: "opa" }] } });
    expect(of("preflight.completed")).toMatchObject({ policy: { aggregation_method: "most_restrictive" } });
    expect(of("approval.recorded")).toMatchObject({ approval: { approved: true, approver: "grace" } });
    expect(of("token.verified")).toMatchObject({ integrity_check: { plan_token_match: true } });
    const failed = await read("cabincrew", ledger.failed);
    expect(failed.at(-1)).toMatchObject({ event_type: "run.failed", severity: "error", workflow_state: "FAILED" });
  });

  it("chains as AuditEvents too", async () => {
    const [own, theirs] = [await read("ndjson"), await read("cabincrew")];
    expect(theirs.map((line) => line["chain_hash"])).toEqual([
      "0".repeat(64),
      ...own.slice(0, -1).map((line) => line["hash"]),
    ]);
    expect(theirs.map((line) => line["signature"])).toEqual(own.map((line) => line["signature"]));
  });

  it("loses nothing as CloudEvents 1.0: the canonical form of the data is the signed text", async () => {
    const [own, events] = [await read("ndjson"), await read("cloudevents")];
    for (const [index, event] of events.entries()) {
      expect(event).toMatchObject({ specversion: "1.0", datacontenttype: "application/json" });
      expect(event["type"]).toMatch(/^dev\.cabincrew\.[a-z_]+\.[a-z_]+$/);
      expect(event["source"]).toMatch(/^urn:cabincrew:ledger:[0-9a-f]{16}$/);
      // Extension attributes may hold lower-case letters and digits only, and their names too.
      for (const name of Object.keys(event)) expect(name).toMatch(/^[a-z0-9]+$/);
      expect(canonicalJson(event["data"])).toBe(own[index]?.["body"]);
      expect(entryHash(own[index]?.["body"] ?? "", event["entrysignature"] ?? "")).toBe(event["entryhash"]);
    }
    expect(new Set(events.map((event) => event["id"])).size).toBe(events.length);
  });

  it("goes on with entries that come later when it is followed, and ends when it is told to", async () => {
    const stateDir = stateDirectory();
    const [store, other] = [openStore(stateDir), openStore(stateDir)];
    const end = new AbortController();
    try {
      const seen: number[] = [];
      for await (const line of auditLines({ store } as never, { format: "ndjson", follow: true, signal: end.signal })) {
        seen.push(JSON.parse(line).seq);
        if (seen.length === 1) await other.append({ runId: "01LATER", expectedVersion: 0, events: wholeRun(), at: AT });
        if (seen.length === 13) end.abort();
      }
      expect(seen).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    } finally {
      await store.close();
      await other.close();
    }
  });

  it("ends at once when it was told to before it began", async () => {
    const store = openStore(stateDirectory());
    const lines: string[] = [];
    for await (const line of auditLines({ store } as never, { format: "ndjson", signal: AbortSignal.abort() }))
      lines.push(line);
    expect(lines).toEqual([]);
    await store.close();
  });
});
