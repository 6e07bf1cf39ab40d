import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { beforeAll, describe, expect, it } from "vitest";
import { type VerifyOptions, verifyLedger } from "../../../orchestrator/integrity/index.ts";
import { entryHash, sealEntry } from "../../../orchestrator/ledger/chain.ts";
import { copyOf, type RealLedger, realLedger, tamper, withLedger } from "./real-ledger.ts";

let ledger: RealLedger;
beforeAll(async () => {
  ledger = await realLedger();
});

const verify = (stateDir: string, options: VerifyOptions = {}) =>
  withLedger(ledger, stateDir, (crew) => verifyLedger(crew, options));

/** Verifies a copy that was tampered with. */
async function tampered(work: (db: Database.Database, stateDir: string) => void, options: VerifyOptions = {}) {
  const stateDir = copyOf(ledger);
  tamper(stateDir, (db) => work(db, stateDir));
  return verify(stateDir, options);
}

const otherKey = (): KeyObject => generateKeyPairSync("ed25519").privateKey;

function resign(db: Database.Database, seq: number, body: string, key: KeyObject): void {
  const signature = sign(null, Buffer.from(body), key).toString("base64");
  const hash = entryHash(body, signature);
  db.prepare("update entries set body = ?, signature = ?, hash = ? where seq = ?").run(body, signature, hash, seq);
}

const seqOf = (db: Database.Database, runId: string, type: string): number =>
  db
    .prepare("select seq from entries where run_id = ? and body like ? order by seq limit 1")
    .pluck()
    .get(runId, `%"type":"${type}"}`) as number;

describe("verify of a ledger nobody touched", () => {
  it("finds nothing, and says what it looked at", async () => {
    const report = await verify(ledger.place.stateDir);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({ ok: true, runs: 6 });
    expect(report.checked.join()).toMatch(/chain.*signatures.*transitions.*projections.*artifacts.*1 signed votes/);
    expect(report.head?.seq).toBe(report.events);
  });

  it("finds nothing when every signature and every text is checked", async () => {
    expect(await verify(ledger.place.stateDir, { thorough: true })).toMatchObject({ ok: true, findings: [] });
  });

  it("can be asked for one run by its id or the beginning of its plan-token, and for a head noted earlier", async () => {
    const { head } = await verify(ledger.place.stateDir);
    const one = await verify(ledger.place.stateDir, { run: ledger.approved, expectHead: head?.hash ?? "" });
    expect(one).toMatchObject({ ok: true, runs: 1 });
    expect(one.events).toBe(head?.seq);
  });

  it("says so where an approver's key is in no authority file any more, and holds nothing against the vote", async () => {
    const elsewhere = { place: ledger.place, governanceDir: path.join(ledger.place.root, "gone") };
    const report = await withLedger(elsewhere, ledger.place.stateDir, (crew) => verifyLedger(crew));
    expect(report).toMatchObject({ ok: true });
    expect(report.checked.join()).toContain("1 by keys that are in no authority file any more");
  });

  it("refuses a reference that means nothing", async () => {
    await expect(verify(ledger.place.stateDir, { run: "01NOBODYHASTHIS" })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(verify(ledger.place.stateDir, { run: "short" })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("verify says where an entry was tampered with", () => {
  it("for each column of each row", async () => {
    const stateDir = copyOf(ledger);
    const { events } = await verify(stateDir);
    const changes = [
      `update entries set body = replace(body, '"at":"2', '"at":"3') where seq = ?`,
      "update entries set body = body || ' ' where seq = ?",
      "update entries set signature = iif(signature like 'A%', 'B', 'A') || substr(signature, 2) where seq = ?",
      "update entries set hash = replace(hash, substr(hash, 1, 1), 'x') where seq = ?",
      "update entries set run_id = coalesce(run_id, '') || 'X' where seq = ?",
      "update entries set seq = seq + 100000 where seq = ?",
      "delete from entries where seq = ?",
    ];
    const silent: string[] = [];
    await withLedger(ledger, stateDir, async (crew) => {
      for (let seq = 1; seq <= events; seq += 1) {
        for (const change of changes) {
          tamper(stateDir, (db) => {
            const before = db.prepare("select * from entries where seq = ?").get(seq) as Record<string, string>;
            db.prepare(change).run(seq);
            db.prepare("create table if not exists undo (seq, run_id, body, signature, hash)").run();
            db.prepare("delete from undo").run();
            db.prepare("insert into undo values (@seq, @run_id, @body, @signature, @hash)").run(before);
          });
          const report = await verifyLedger(crew);
          const where = report.findings.map((finding) => finding.where);
          // Nothing follows the last entry; that it is gone shows in its run.
          const at = [`entry ${seq}`, `entry ${seq + 1}`, ...(seq === events ? [`run ${ledger.failed}`] : [])];
          if (!where.some((place) => at.includes(place))) silent.push(`${seq}: ${change}`);
          tamper(stateDir, (db) => {
            db.prepare("delete from entries where seq = ? or seq = ?").run(seq, seq + 100_000);
            db.exec("insert into entries (seq, run_id, body, signature, hash) select * from undo");
          });
        }
      }
      tamper(stateDir, (db) => db.exec("drop table undo"));
      expect((await verifyLedger(crew)).findings).toEqual([]);
    });
    expect(silent).toEqual([]);
  });

  it("with one finding when only a stored hash was changed", async () => {
    const report = await tampered((db) => db.exec(`update entries set hash = '${"0".repeat(64)}' where seq = 9`));
    expect(report.findings).toEqual([
      {
        code: "ledger_corrupt",
        where: "entry 9",
        message: "The hash of entry 9 is not that of its text and signature.",
      },
    ]);
  });

  it("when two rows changed places", async () => {
    const report = await tampered((db) => {
      db.exec(
        "update entries set seq = -1 where seq = 8; update entries set seq = 8 where seq = 9; update entries set seq = 9 where seq = -1",
      );
    });
    expect(report.findings.map((finding) => finding.message)).toEqual(
      expect.arrayContaining(["Entry 8 is the text of entry 9.", "Entry 9 is the text of entry 8."]),
    );
  });

  it.each(["-5", "9007199254740993", "9223372036854775807"])("when a row was hidden at place %s", async (place) => {
    const stateDir = copyOf(ledger);
    tamper(stateDir, (db) =>
      db.exec(`insert into entries select ${place}, run_id, body, signature, hash from entries where seq = 3`),
    );
    const { findings } = await verify(stateDir);
    expect(findings.map(({ message }) => message)).toEqual([`Entry ${place} stands where no entry is counted.`]);
    // Who reads on and on would never end.
    const read: number[] = [];
    await withLedger(ledger, stateDir, async ({ store }) => {
      for await (const { seq } of store.entries({})) read.push(seq);
    });
    expect(read).toEqual(read.map((_, index) => index + 1));
  });

  it("when rows in the middle are missing, and which", async () => {
    const report = await tampered((db) => db.exec("delete from entries where seq in (6, 7, 8)"));
    expect(report.findings[0]).toEqual({
      code: "ledger_corrupt",
      where: "entry 6",
      message: "Entries 6 to 8 are missing.",
    });
  });

  it("when everything from one entry on was written anew without the key", async () => {
    const report = await tampered((db) => {
      const rows = db.prepare("select seq, body, signature from entries where seq >= 5 order by seq").all() as {
        seq: number;
        body: string;
        signature: string;
      }[];
      let prev = db.prepare("select hash from entries where seq = 4").pluck().get() as string;
      const other = otherKey();
      for (const { seq, body } of rows) {
        const forged = sealEntry({ ...JSON.parse(body), prev }, other);
        db.prepare("update entries set body = ?, signature = ?, hash = ? where seq = ?").run(
          forged.body,
          forged.signature,
          forged.hash,
          seq,
        );
        prev = forged.hash;
      }
    });
    expect(report.findings).toEqual([
      {
        code: "ledger_corrupt",
        where: "entry 5",
        message: expect.stringMatching(/^Entries 5 to \d+ are not vouched for by a signature of the ledger's key\.$/),
      },
    ]);
  });

  it("when a text is no longer canonical, though signed", async () => {
    const stateDir = copyOf(ledger);
    const report = await withLedger(ledger, stateDir, async (crew) => {
      tamper(stateDir, (db) => {
        const last = db.prepare("select seq, body from entries order by seq desc limit 1").get() as {
          seq: number;
          body: string;
        };
        const body = last.body.replace('{"at":', '{ "at":');
        resign(db, last.seq, body, crew.store.key.privateKey);
      });
      return verifyLedger(crew, { thorough: true });
    });
    expect(report.findings[0]?.message).toMatch(/^Entry \d+ is damaged: its text is not in canonical form\.$/);
  });

  it("when SQLite cannot read its own file any more", async () => {
    const stateDir = copyOf(ledger);
    const report = await withLedger(ledger, stateDir, async (crew) => {
      tamper(stateDir, (db) => db.pragma("wal_checkpoint(truncate)"));
      const file = path.join(stateDir, "cabincrew.db");
      const bytes = readFileSync(file);
      bytes.fill(0xff, 4096 * 6, 4096 * 12);
      writeFileSync(file, bytes);
      return verifyLedger(crew);
    });
    expect(report.ok).toBe(false);
    expect(report.findings.length).toBeGreaterThan(0);
  });

  it("and never with more than a hundred findings", async () => {
    const report = await tampered((db) => db.exec(`update entries set hash = '${"0".repeat(64)}', run_id = 'X'`));
    expect(report.findings).toHaveLength(100);
  });
});

describe("verify notices that the ledger is another one", () => {
  it("by the head noted earlier when its tail was rolled back together with the projections", async () => {
    const { head } = await verify(ledger.place.stateDir);
    const rollback = (db: Database.Database) => {
      for (const table of ["claims", "runs", "entries"])
        db.prepare(`delete from ${table} where run_id = ?`).run(ledger.failed);
    };
    // Without a head from outside a ledger rolled back as a whole, its mark included, looks intact: nothing says that there was more.
    const whole = (db: Database.Database, stateDir: string) => {
      rollback(db);
      rmSync(path.join(stateDir, "high-water"));
    };
    expect(await tampered(whole)).toMatchObject({ ok: true });
    const marked = await tampered(rollback);
    expect(marked.findings.map((finding) => finding.message)).toEqual([
      `Entry ${head?.seq} was recorded and is gone: the database is older than what was recorded, or was exchanged.`,
    ]);
    const report = await tampered(rollback, { expectHead: head?.hash ?? "" });
    expect(report.findings.map((finding) => finding.message)).toEqual([
      `No entry has the hash ${head?.hash}: the ledger was rolled back, or it is another one.`,
    ]);
  });

  it("by its public key file, which exports are checked with", async () => {
    const file = (stateDir: string) => path.join(stateDir, "keys", "ledger.pub.pem");
    const pem = otherKey().export({ type: "pkcs8", format: "pem" }).toString();
    const swapped = await tampered((_db, stateDir) => writeFileSync(file(stateDir), pem));
    expect(swapped.findings[0]?.message).toContain("not the public part of the key");
    const missing = await tampered((_db, stateDir) => rmSync(file(stateDir)));
    expect(missing.findings[0]?.message).toBe("The file keys/ledger.pub.pem is missing.");
  });

  it("by its projections when only entries were rolled back", async () => {
    const report = await tampered((db) => db.exec("delete from entries where seq = (select max(seq) from entries)"));
    expect(report.findings[0]?.message).toMatch(
      /The projection of run \w+ is wrong: it is at version \d+, the events at \d+\./,
    );
  });

  it("by its first entry when that names another key", async () => {
    const stateDir = copyOf(ledger);
    const report = await withLedger(ledger, stateDir, async (crew) => {
      tamper(stateDir, (db) =>
        db.exec(`update entries set body = replace(body, '"key_id":"', '"key_id":"0') where seq = 1`),
      );
      return verifyLedger(crew);
    });
    expect(report.findings.map((finding) => finding.message)).toContain(
      "The first entry of the ledger is wrong: its key id is not that of its public key.",
    );
  });
});

describe("verify drops the projections and folds them again", () => {
  const columns = [
    ["its version", "update runs set version = version + 1"],
    ["its state", "update runs set state = 'APPROVED' where state <> 'APPROVED'"],
    ["its plan-token", `update runs set token = '${"0".repeat(64)}'`],
    ["its record", "update runs set record = replace(record, 'ada', 'eve')"],
    ["the way its record is written", "update runs set record = record || ' '"],
    ["its record being JSON", "update runs set record = '{'"],
    ["being there", "delete from runs"],
    [
      "having events",
      "insert into runs (run_id, version, state, token, record) values ('01ZZZZZZZZ', 1, 'INIT', null, '{}')",
    ],
    ["its claim being there", "delete from claims"],
    ["its claim's plan", `update claims set token = '${"0".repeat(64)}'`],
    ["its claim's workspace", "update claims set workspace = '/elsewhere'"],
    ["its claim's entry", "update claims set seq = seq + 1"],
    [
      "a claim of a run that never took off",
      "insert into claims select run_id, 'x', 'y', 3 from runs where run_id not in (select run_id from claims)",
    ],
    ["a claim of no run", "insert into claims values ('01ZZZZZZZZ', 'x', 'y', 3)"],
  ] as const;
  it.each(columns)("and finds a difference in %s", async (_, change) => {
    const report = await tampered((db) => db.exec(change));
    expect(report.findings[0]).toMatchObject({ code: "ledger_corrupt", where: expect.stringMatching(/^run 01/) });
  });

  it("and still knows a run whose projection is gone, by its id", async () => {
    const report = await tampered((db) => db.exec("delete from runs"), { run: ledger.completed });
    expect(report.findings[0]?.message).toBe(`The projection of run ${ledger.completed} is wrong: it is missing.`);
  });
});

describe("verify reads all content that events name", () => {
  const file = (stateDir: string, sha256: string) => path.join(stateDir, "store", sha256.slice(0, 2), sha256);
  const addresses = () =>
    withLedger(ledger, ledger.place.stateDir, async (crew) => {
      const run = await crew.store.load(ledger.completed);
      const list = JSON.parse((await crew.content.read(run?.artifacts?.list_sha256 ?? "")).toString());
      return {
        "the plan document": run?.token,
        "the artifact list": run?.artifacts?.list_sha256,
        "the review": run?.review_sha256,
        "the log of flight-plan": run?.plan?.log_sha256,
        "the log of take-off": run?.take_off?.log_sha256,
        "the metadata of an artifact": list[0].metadata_sha256,
        "the body of an artifact": list[0].body.sha256,
      };
    });

  it.each(["removed", "changed", "truncated"])("and finds each that was %s", async (how) => {
    for (const [what, address] of Object.entries(await addresses())) {
      const stateDir = copyOf(ledger);
      const target = file(stateDir, address ?? "");
      chmodSync(target, 0o644);
      if (how === "removed") rmSync(target);
      else if (how === "truncated") truncateSync(target, 1);
      else writeFileSync(target, "something else");
      const { findings } = await verify(stateDir, { run: ledger.completed });
      expect(findings, what).toContainEqual(
        expect.objectContaining({ code: "ledger_corrupt", where: `content ${address}` }),
      );
    }
  });
});

/** The parts of event data that are forged here. */
type Data = {
  readonly vote: { readonly payload: object };
  readonly spec: object;
};

describe("verify checks what the key holder alone could have forged", () => {
  /** Changes the data of one event and signs everything behind it again with the ledger's own key. */
  async function forged(runId: string, type: string, change: (data: Data) => unknown) {
    const stateDir = copyOf(ledger);
    return withLedger(ledger, stateDir, async (crew) => {
      tamper(stateDir, (db) => {
        const from = seqOf(db, runId, type);
        const rows = db.prepare("select seq, body from entries where seq >= ? order by seq").all(from) as {
          seq: number;
          body: string;
        }[];
        let prev: string | undefined;
        for (const { seq, body } of rows) {
          const entry = JSON.parse(body);
          if (seq === from) entry.data = change(entry.data);
          const sealed = sealEntry(prev ? { ...entry, prev } : entry, crew.store.key.privateKey);
          db.prepare("update entries set body = ?, signature = ?, hash = ? where seq = ?").run(
            sealed.body,
            sealed.signature,
            sealed.hash,
            seq,
          );
          prev = sealed.hash;
        }
      });
      const report = await verifyLedger(crew);
      return report.findings.map(({ code, message }) => `${code}: ${message}`);
    });
  }
  const other = "0".repeat(64);

  it("a vote for another plan", async () => {
    const findings = await forged(ledger.approved, "approval.recorded", (data) => ({
      vote: { ...data.vote, payload: { ...data.vote.payload, plan_token: other } },
    }));
    expect(findings).toContainEqual(expect.stringMatching(/^approval_invalid: .*names plan_token 0{64}/));
    expect(findings).toContainEqual(expect.stringMatching(/^approval_invalid: The vote of grace is not signed by key/));
  });

  it.each(["nonce", "expires_at", "run_id", "approval_id", "step_id"])("a vote with another %s", async (field) => {
    const findings = await forged(ledger.approved, "approval.recorded", (data) => ({
      vote: { ...data.vote, payload: { ...data.vote.payload, [field]: "2099-01-01T00:00:00.000Z" } },
    }));
    expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^approval_invalid: .*names ${field} 2099`)));
  });

  it("a vote shown under another name than was signed", async () => {
    const findings = await forged(ledger.approved, "approval.recorded", (data) => ({
      vote: { ...data.vote, approver: { id: "mallory", proven: true } },
    }));
    expect(findings).toContainEqual(expect.stringMatching(/approver mallory, but says grace/));
  });

  it("a vote that came too late", async () => {
    const findings = await forged(ledger.approved, "approval.requested", (data) => ({
      ...data,
      expires_at: "2001-01-01T00:00:00.000Z",
    }));
    expect(findings).toContainEqual(expect.stringMatching(/was recorded at .* but the request had ended at 2001/));
  });

  it("a grant without enough votes", async () => {
    const findings = await forged(ledger.approved, "approval.requested", (data) => ({
      ...data,
      gates: [{ role: "operator", count: 2 }],
    }));
    expect(findings).toContainEqual(expect.stringMatching(/grants a request that not enough people had approved/));
  });

  it("a take-off with another plan-token", async () => {
    const findings = await forged(ledger.completed, "take_off.started", (data) => ({ ...data, token: other }));
    expect(findings).toContainEqual(expect.stringMatching(/^token_mismatch: .*its plan-token is 0{64}/));
  });

  it("a take-off against the decision", async () => {
    const findings = await forged(ledger.completed, "preflight.completed", (data) => ({
      ...data,
      decision: "deny",
    }));
    expect(findings).toContainEqual(expect.stringMatching(/^approval_invalid: .*although the decision was deny/));
  });

  it("a sealed list that does not give the plan-token", async () => {
    const findings = await forged(ledger.completed, "run.opened", (data) => ({
      ...data,
      spec: { ...data.spec, input_digest: other },
    }));
    expect(findings).toContainEqual(expect.stringMatching(/^token_mismatch: The sealed plan of run .* gives/));
  });

  it("an event that the transition table forbids", async () => {
    const stateDir = copyOf(ledger);
    const findings = await withLedger(ledger, stateDir, async (crew) => {
      tamper(stateDir, (db) => {
        const head = db.prepare("select seq, body, hash from entries order by seq desc limit 1").get() as {
          seq: number;
          body: string;
          hash: string;
        };
        const entry = JSON.parse(head.body);
        const next = {
          ...entry,
          seq: head.seq + 1,
          run_seq: 2,
          prev: head.hash,
          run_id: "01ZZZZZZZZ",
          type: "run.completed",
          data: {},
        };
        const sealed = sealEntry({ ...next, run_seq: 1 }, crew.store.key.privateKey);
        db.prepare("insert into entries values (?, ?, ?, ?, ?)").run(
          next.seq,
          next.run_id,
          sealed.body,
          sealed.signature,
          sealed.hash,
        );
      });
      return (await verifyLedger(crew)).findings;
    });
    expect(findings[0]?.message).toMatch(
      /cannot be followed beyond entry \d+: Event run.completed cannot happen in state \(no run\)\./,
    );
  });
});
