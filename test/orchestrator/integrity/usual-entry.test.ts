import { beforeAll, describe, expect, it } from "vitest";
import { type ReadEntry, readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { readUsual } from "../../../orchestrator/integrity/usual-entry.ts";
import { canonicalJson } from "../../../schema/index.ts";
import { AT, openStore, requestedApproval, stateDirectory, untilPreflight, wholeRun } from "../ledger-fixture.ts";

const ids = ["01HF7YAT0202VM5W2TZAEG2DR4", "01HF7YAT011KD8WE2B74RMS0AA"] as const;
const bodies: string[] = [];
beforeAll(async () => {
  const store = openStore(stateDirectory());
  const asked = [...untilPreflight("require_approval"), requestedApproval()];
  await store.append({ runId: ids[0], expectedVersion: 0, events: wholeRun(), at: AT });
  await store.append({ runId: ids[1], expectedVersion: 0, events: asked, at: AT });
  for await (const { seq, body } of store.entries({})) if (seq > 1) bodies.push(body);
  await store.close();
});

const full = (body: string) => readEntry(body) as ReadEntry;
const usual = (body: string, { runId, prev } = full(body)) => readUsual(body, runId ?? "", prev);

describe("the usual text of an event", () => {
  it("says what all of it parsed says, its members in the same order", () => {
    expect(bodies).toHaveLength(21);
    for (const body of bodies) {
      expect(usual(body)).toEqual(full(body));
      expect(canonicalJson(usual(body)?.event)).toBe(body);
      expect(Object.keys(usual(body)?.event ?? {})).toEqual(Object.keys(full(body).event ?? {}));
    }
  });

  it("is left to be parsed in full where it is of another run or behind another entry", () => {
    const body = bodies[0] ?? "";
    const place = full(body);
    expect(usual(body, { ...place, runId: ids[1] })).toBeUndefined();
    expect(usual(body, { ...place, prev: "0".repeat(64) })).toBeUndefined();
  });

  it("is never read in another way than in full, whatever character of it was changed, taken away or added", () => {
    const inserted = [
      '"',
      "\\",
      "{",
      "}",
      "[",
      ",",
      ":",
      " ",
      "\n",
      "\0",
      "0",
      "1",
      "-",
      ".",
      "e",
      "é",
      "😀",
      ',"a":1',
    ];
    const told = { same: 0, left: 0 };
    for (const body of bodies.slice(5, 6)) {
      const place = full(body);
      for (let at = 0; at <= body.length; at += 1) {
        for (const piece of ["", ...inserted]) {
          for (const rest of [body.slice(at), body.slice(at + 1)]) {
            const changed = body.slice(0, at) + piece + rest;
            const read = usual(changed, place);
            if (read === undefined) told.left += 1;
            else if (JSON.stringify(read) === JSON.stringify(readEntry(changed))) told.same += 1;
            else expect(read, changed).toEqual(readEntry(changed));
          }
        }
      }
    }
    expect(told.same).toBeGreaterThan(300);
    expect(told.left).toBeGreaterThan(5000);
  });

  it.each([
    ["a step with a quote", { step_id: 'a"b' }],
    ["a place that is no number", { seq: "7" }],
    ["a place beyond counting", { seq: 2 ** 53 }],
    ["a time of another length", { at: "2026-01-02T03:04:05Z" }],
    ["an id with an escape", { event_id: `${"0".repeat(25)}\n` }],
    ["a state that is an object", { state: { a: 1 } }],
    ["a member besides", { zzz: 1 }],
    ["a format of another version", { format: "cabincrew.event/2" }],
  ])("is not one with %s", (_, changes) => {
    const body = bodies[4] ?? "";
    const { event, prev } = full(body);
    expect(readUsual(canonicalJson({ ...event, ...changes }), ids[0], prev)).toBeUndefined();
  });
});
