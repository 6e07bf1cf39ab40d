import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { recordIn } from "../../../orchestrator/imports/sealed-export.ts";
import { exportRun, importRun, listRuns, showRun, verifyLedger } from "../../../orchestrator/index.ts";
import { sealEntry } from "../../../orchestrator/ledger/chain.ts";
import type { ImportedRun, LedgerImport } from "../../../orchestrator/ledger/import-entry.ts";
import { canonicalJson, type JsonObject, sha256 } from "../../../schema/index.ts";
import { tamper } from "../integrity/real-ledger.ts";
import { at, fileOf, home, ledger, newStateDir, write } from "./exports-of-a-ledger.ts";

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
