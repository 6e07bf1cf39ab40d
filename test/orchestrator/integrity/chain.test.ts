import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ChainChecker, type ChainOptions } from "../../../orchestrator/integrity/chain.ts";
import { Findings } from "../../../orchestrator/integrity/findings.ts";
import { entryHash, GENESIS_PREV, sealEntry } from "../../../orchestrator/ledger/chain.ts";
import type { LedgerEntry } from "../../../orchestrator/ledger/event.ts";
import type { EntryRow } from "../../../orchestrator/store/sqlite/entry-row.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519").privateKey;

/** Row `seq` behind the entry with hash `prev`; `at` tells two branches apart. */
function row(seq: number, prev: string, at = "2026", key: KeyObject = privateKey, run: string = "01R"): EntryRow {
  const place = { at, seq, prev, event_id: `01E${seq}` };
  const begins = { ...place, format: "cabincrew.ledger/1", type: "ledger.created" };
  const event = { ...place, format: "cabincrew.event/1", type: "run.opened", run_id: run, run_seq: 1, data: {} };
  const { body, signature, hash } = sealEntry((seq === 1 ? begins : event) as unknown as LedgerEntry, key);
  return [seq, seq === 1 ? null : run, body, signature, hash];
}

function rows(count: number, from = 1, prev = GENESIS_PREV, at = "2026", key = privateKey): EntryRow[] {
  const made: EntryRow[] = [];
  for (let seq = from; seq < from + count; seq += 1) made.push(row(seq, made.at(-1)?.[4] ?? prev, at, key));
  return made;
}

/** What a checker says about these rows, and how many it counted. */
function told(given: readonly EntryRow[], options: Partial<ChainOptions> = {}) {
  const findings = new Findings();
  const asked: number[] = [];
  const entryAt = (seq: number): EntryRow | undefined => {
    asked.push(seq);
    return given.findLast(([each]) => each <= seq);
  };
  const chain = new ChainChecker(findings, { key: publicKey, entryAt, thorough: false, ...options });
  const texts = given.map((each) => chain.accept(each));
  chain.finish();
  const said = findings.all.map(({ where, message }) => `${where}: ${message}`);
  return { said, asked, texts, events: chain.events, last: chain.last };
}

const six = rows(6);
const at = (seq: number): EntryRow => six[seq - 1] as EntryRow;
const change = (seq: number, changed: EntryRow): EntryRow[] => six.map((each) => (each[0] === seq ? changed : each));
/** The same text, signed by somebody else. */
const resigned = ([seq, run, body]: EntryRow): EntryRow => {
  const { signature } = sealEntry(JSON.parse(body) as LedgerEntry, stranger);
  return [seq, run, body, signature, entryHash(body, signature)];
};

describe("a chain of entries", () => {
  it("is whole when each names the one before it; only the last signature is asked for", () => {
    const { said, asked, events, last, texts } = told(six);
    expect([said, asked, events, last]).toEqual([[], [], 6, at(6)]);
    expect(texts.map((text) => text?.seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(told(six, { thorough: true }).said).toEqual([]);
    expect(told([]).said).toEqual([]);
  });

  it("breaks where another branch of the same ledger was put in, though each entry is signed with its key", () => {
    const branch = rows(3, 4, at(3)[4], "2027");
    const spliced = [...six.slice(0, 4), branch[1] as EntryRow, branch[2] as EntryRow];
    const broken = "entry 5: Entry 5 does not name the hash of the entry before it; one of the two was changed.";
    for (const thorough of [false, true]) expect(told(spliced, { thorough }).said).toEqual([broken]);
    // From where it parted, the other branch is a ledger that once was: only a head from outside can tell.
    expect(told([...six.slice(0, 3), ...branch]).said).toEqual([]);
  });

  it("is damaged where a column gives back no text, as a damaged page may", () => {
    const nothing = null as unknown as string;
    const bytes = Buffer.from(at(6)[2]) as unknown as string;
    expect(told(change(6, [6, "01R", at(6)[2], nothing, at(6)[4]])).said).toContain(
      "entry 6: The signature of entry 6 does not fit its text and the ledger's key.",
    );
    for (const body of [nothing, bytes])
      expect(told(change(6, [6, "01R", body, at(6)[3], at(6)[4]])).said).toContain(
        "entry 6: Entry 6 is damaged: it has no text.",
      );
  });

  it("lacks what is missing, one entry or many, and what stands in the wrong place", () => {
    const without = (...gone: number[]) => told(six.filter(([seq]) => !gone.includes(seq))).said;
    expect(without(3)).toEqual(["entry 3: Entry 3 is missing."]);
    expect(without(3, 4)).toEqual(["entry 3: Entries 3 to 4 are missing."]);
    expect(without(1)).toEqual(["entry 1: Entry 1 is missing."]);
    const repeated = told([at(1), at(2), at(2), at(3)]).said;
    expect(repeated).toEqual(["entry 2: Entry 2 stands behind entry 2."]);
    expect(told([at(1), at(2), at(1)]).said).toEqual(["entry 1: Entry 1 stands behind entry 2."]);
  });

  it("may have gaps where entries of one run are looked at, but nothing out of order", () => {
    const some = [at(2), at(3), at(6)];
    expect(told(some, { gaps: true }).said).toEqual([]);
    expect(told([at(2), at(2)], { gaps: true }).said).toEqual(["entry 2: Entry 2 stands behind entry 2."]);
    expect(told([at(3), at(2)], { gaps: true }).said).toEqual(["entry 2: Entry 2 stands behind entry 3."]);
    // Each stretch vouches for itself.
    const signed = "does not fit its text and the ledger's key.";
    expect(told([at(2), resigned(at(3)), at(6)], { gaps: true }).said).toEqual([
      `entry 3: The signature of entry 3 ${signed}`,
    ]);
  });

  it("has each entry filed as its text says", () => {
    const [seq, , body, signature, hash] = at(4);
    expect(told(change(4, [seq, "01X", body, signature, hash])).said).toEqual([
      "entry 4: Entry 4 is filed under run 01X, but its text is of run 01R.",
    ]);
    const [, run, , , own] = at(4);
    expect(told(change(4, [4, run, at(3)[2], at(3)[3], own])).said[0]).toBe("entry 4: Entry 4 is the text of entry 3.");
    expect(told(change(4, [seq, run, body, signature, "0".repeat(64)])).said).toEqual([
      "entry 4: The hash of entry 4 is not that of its text and signature.",
    ]);
  });
});

describe("signatures in a chain", () => {
  const wrong = (seq: number) =>
    `entry ${seq}: The signature of entry ${seq} does not fit its text and the ledger's key.`;
  const linked = (from: number): EntryRow[] => [
    ...six.slice(0, from - 1),
    ...rows(7 - from, from, at(from - 1)?.[4], "2026", stranger),
  ];

  it("are wrong from where somebody else wrote on, and that place is found", () => {
    const { said, asked } = told(linked(4));
    expect(said).toEqual(["entry 4: Entries 4 to 6 are not vouched for by a signature of the ledger's key."]);
    expect(asked).toEqual([5, 4, 3]);
    expect(told(linked(6)).said).toEqual([wrong(6)]);
    expect(told(linked(4), { thorough: true }).said).toEqual([wrong(4), wrong(5), wrong(6)]);
  });

  it("of all entries are checked when each is asked for, also one that a later one vouches for", () => {
    const strange = resigned(at(3));
    const vouched = [at(1), at(2), strange, ...rows(3, 4, strange[4])];
    expect(told(vouched).said).toEqual([]);
    expect(told(vouched, { thorough: true }).said).toEqual([wrong(3)]);
  });

  it("are looked at back to where the stretch began, and no further", () => {
    // Entry 3 is missing; behind the gap nobody but a stranger signed.
    const behind = rows(3, 4, at(3)[4], "2026", stranger);
    const { said, asked } = told([at(1), at(2), ...behind]);
    expect(said).toEqual([
      "entry 3: Entry 3 is missing.",
      "entry 4: Entries 4 to 6 are not vouched for by a signature of the ledger's key.",
    ]);
    expect(asked).toEqual([5, 4, 3]);
    const all = rows(3, 1, GENESIS_PREV, "2026", stranger);
    expect(told(all).said).toEqual(["entry 1: Entries 1 to 3 are not vouched for by a signature of the ledger's key."]);
  });

  it("are each looked at where a text cannot be read: it vouches for nothing", () => {
    const garbled: EntryRow = [4, "01R", "{", at(4)[3], entryHash("{", at(4)[3])];
    const { said, texts } = told([at(1), at(2), resigned(at(3)), garbled]);
    expect(said).toEqual(["entry 4: Entry 4 is damaged: its text is not JSON.", wrong(3), wrong(4)]);
    expect(texts[3]).toBeUndefined();
  });

  it("are looked at before a break as well: what breaks with an entry does not vouch for it", () => {
    expect(told(change(3, resigned(at(3)))).said).toEqual([
      "entry 4: Entry 4 does not name the hash of the entry before it; one of the two was changed.",
      wrong(3),
    ]);
  });
});
