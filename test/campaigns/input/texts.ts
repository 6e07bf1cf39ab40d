/** Texts handled in memory: what policies answer, entries of the ledger, the command line, secrets in streams, what people see. */

import { readConfigFlags } from "../../../bin/config-flags.ts";
import { parseCommandLine } from "../../../bin/parse.ts";
import { visible, visibleCode, visibleJson } from "../../../bin/render/escape.ts";
import { VERBS } from "../../../bin/verbs.ts";
import { redactor } from "../../../engines/launch/redact.ts";
import { readEntry } from "../../../orchestrator/integrity/entry-text.ts";
import { parseResultSet } from "../../../policies/result.ts";
import { canonicalJson } from "../../../schema/index.ts";
import { mutateBytes, mutateJson, NASTY_TEXTS } from "./mutate.ts";
import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

const WORDS = ["run", "plan", "approve", "list", "verify", "policy", "eval", "--json", "--config", "a=1", "--", "sh"]
  .concat([
    "--state-dir",
    "/x",
    "--format",
    "sarif",
    "-h",
    "--no-json",
    "--limit",
    "5",
    "--limit=0x1",
    "key",
    "generate",
  ])
  .concat([
    "--secret",
    "A=env:B",
    "--help=1",
    "---",
    "-x",
    "--__proto__",
    "--constructor.prototype.x",
    "1e9",
    "=",
    "--=",
  ]);

const RESULTS = [
  [{ result: { deny: [], warn: ["careful"], require_approval: [{ msg: "ask", file: "a", line: 3, role: "ops" }] } }],
  [{ result: { decision: "deny", reason: "no", violations: ["x"], warnings: [] } }],
  [{ result: { deny_root: [{ msg: "m", rule: "p/r", severity: "high" }], violation: ["v"] } }],
];

const ENTRY = {
  at: "2026-01-02T03:04:05.000Z",
  data: { decision: "allow", reasons: ["one"], nested: { a: [1, 2, null] } },
  event_id: "01HF7YAT00",
  format: "cabincrew.event/1",
  prev: "a".repeat(64),
  run_id: "01HF7YAT0166X7HY78GPBPNDQW",
  run_seq: 3,
  seq: 7,
  state: "PREFLIGHT_COMPLETE",
  step_id: "main",
  type: "preflight.completed",
};

const SECRET = "s3cr3t/+value=with.everything$^";
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/;

function hostileString(random: Random): string {
  const pieces = Array.from({ length: 1 + random.below(5) }, () =>
    random.chance(2) ? random.pick(NASTY_TEXTS) : String.fromCodePoint(random.below(0x10ffff)),
  );
  return pieces.join("");
}

export const texts: readonly Subject[] = [
  {
    name: "answer of a policy",
    share: 10,
    once(random) {
      const answer = mutateJson(random.pick(RESULTS), random);
      const outcome = parseResultSet(answer);
      if ("failure" in outcome) return undefined;
      const result = (answer as [{ result: Record<string, unknown> }])[0].result;
      const denies = Object.entries(result).some(
        ([key, members]) => /^(deny|violation)(_\w+)?$/.test(key) && Array.isArray(members) && members.length > 0,
      );
      const said = result["decision"] === "deny";
      return (denies || said) && outcome.value.decision !== "deny"
        ? `a deny became ${outcome.value.decision}: ${JSON.stringify(answer)}`
        : undefined;
    },
  },
  {
    name: "entry of the ledger",
    share: 10,
    once(random) {
      const text = random.chance(2)
        ? mutateBytes(Buffer.from(canonicalJson(ENTRY)), random).toString()
        : JSON.stringify(mutateJson(ENTRY, random));
      const entry = readEntry(text);
      if (typeof entry === "string") return undefined;
      const meant = JSON.parse(text) as typeof ENTRY;
      return meant.seq === entry.seq && meant.prev === entry.prev
        ? undefined
        : `${text} was read as ${JSON.stringify(entry)}`;
    },
  },
  {
    name: "arguments",
    share: 1,
    async once(random) {
      const argv = Array.from({ length: random.below(8) }, () =>
        random.chance(5) ? hostileString(random) : random.pick(WORDS),
      );
      const parsed = await parseCommandLine(argv, VERBS);
      return parsed.kind === "text" && parsed.text === "" ? "said nothing" : undefined;
    },
  },
  {
    name: "--config",
    share: 5,
    async once(random) {
      const flags = Array.from({ length: 1 + random.below(3) }, () => {
        const key = random.pick(["a", "a.b", "a.b.c", "__proto__.x", "constructor", "x-y", "é"]);
        return mutateBytes(
          Buffer.from(`${key}=${random.pick(['"x"', "1", "{}", "[1]", "text", "{"])}`),
          random,
        ).toString();
      });
      // A file of that name may be there; only assignments are meant.
      await readConfigFlags(flags.filter((flag) => /^[A-Za-z_][\w.-]*=/.test(flag)));
      return Object.hasOwn(Object.prototype, "x") ? "the prototype of all objects was changed" : undefined;
    },
  },
  {
    name: "secret in a stream",
    share: 8,
    once(random) {
      const noise = () => hostileString(random);
      const text = `${noise()}${random.pick([SECRET, JSON.stringify(SECRET), encodeURIComponent(SECRET), base64(random)])}${noise()}`;
      const bytes = Buffer.from(text);
      const stream = redactor([SECRET]).stream();
      const out: Buffer[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = 1 + random.below(12);
        out.push(stream.push(bytes.subarray(at, at + length)));
        at += length;
      }
      const shown = Buffer.concat([...out, stream.end()]).toString();
      return [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("base64").slice(0, -2)].some((form) =>
        shown.includes(form),
      )
        ? `shows the secret: ${JSON.stringify(text)}`
        : undefined;
    },
  },
  {
    name: "text on a terminal",
    share: 10,
    once(random) {
      const text = hostileString(random);
      if (HIDDEN.test(visible(text))) return `shows ${JSON.stringify(text)} as it is`;
      if (HIDDEN.test(visibleCode(text).replaceAll("\t", ""))) return `shows ${JSON.stringify(text)} in code as it is`;
      const json = JSON.stringify({ text });
      if (HIDDEN.test(visibleJson(json))) return `shows ${json} as it is`;
      return JSON.stringify(JSON.parse(visibleJson(json))) === json ? undefined : `changed ${json}`;
    },
  },
];

/** The secret inside of a longer base64 text, at any place of a group. */
function base64(random: Random): string {
  return Buffer.from(`${"x".repeat(random.below(3))}${SECRET}${"y".repeat(random.below(3))}`).toString("base64");
}
