import { describe, expect, it } from "vitest";
import { readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { canonicalJson } from "../../../schema/index.ts";

const event = {
  at: "2026-01-02T03:04:05.000Z",
  data: { by: { id: "ada", proven: false } },
  event_id: "01E",
  format: "cabincrew.event/1",
  prev: "0".repeat(64),
  run_id: "01R",
  run_seq: 2,
  seq: 7,
  state: "PAUSED",
  step_id: "main",
  type: "run.paused",
};
const begins = {
  at: event.at,
  event_id: "01E",
  format: "cabincrew.ledger/1",
  prev: event.prev,
  seq: 1,
  type: "ledger.created",
};
const text = (value: object) => canonicalJson(value);
const without = (key: keyof typeof event) => Object.fromEntries(Object.entries(event).filter(([each]) => each !== key));

describe("the text of an entry", () => {
  it("is an event of a run, or begins a ledger", () => {
    expect(readEntry(text(event))).toEqual({ seq: 7, prev: event.prev, runId: "01R", event });
    expect(readEntry(text(begins))).toEqual({ seq: 1, prev: event.prev, runId: null });
  });

  it("may hold characters that are written with escapes", () => {
    const odd = { ...event, run_id: 'a"\\\n' };
    expect(readEntry(text(odd))).toMatchObject({ runId: odd.run_id });
  });

  it.each([
    ["its text is not JSON", "{"],
    ["its text is not a JSON object", "[]"],
    ["its text is not a JSON object", "null"],
    ["its text is not a JSON object", "7"],
    ["its text is not in canonical form", ` ${text(event)}`],
    ["its text is not in canonical form", `${text(event)}\n`],
    ["its text is not in canonical form", text(event).replace('{"at"', '{"aa":1,"at"').replace('{"aa"', '{ "aa"')],
    ["its text is not in canonical form", text(event).replace('"seq":7', '"seq":7.0')],
    ["its text names no place in the ledger", text({ ...event, seq: 7.5 })],
    ["its text names no place in the ledger", text({ ...event, seq: "7" })],
    ["its text names no place in the ledger", text(without("seq"))],
    ["its text does not name the entry before it", text({ ...event, prev: null })],
    ["its text is no event of a run", text({ ...event, format: "cabincrew.event/2" })],
    ["its text is no event of a run", text({ ...event, run_id: null })],
    ["its text is no event of a run", text({ ...begins, format: "cabincrew.ledger/2" })],
    ["its text is no event of a run", text({ ...begins, type: "ledger.renewed" })],
  ])("is refused: %s", (why, body) => {
    expect(readEntry(body)).toBe(why);
  });

  it("is refused where a member is something that has no text of its own", () => {
    for (const key of Object.keys(event)) {
      for (const odd of [{ toString: 1, valueOf: 1 }, ["x"], {}]) {
        const body = text({ ...event, [key]: odd });
        const strict = ["prev", "run_id", "seq", "format"].includes(key);
        expect(typeof readEntry(body), body).toBe(strict ? "string" : "object");
        expect(readEntry(`${body} `)).toBe("its text is not in canonical form");
      }
    }
  });
});
