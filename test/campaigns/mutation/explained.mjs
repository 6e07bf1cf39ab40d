// Mutants that no test can kill, since the program does the same with them. Each is named by its file, its line's text, the kind of
// change and what it puts there (its beginning); a line that was written anew must be explained anew.

const FAST_PATH = "only decides whether the comparison with the whole canonical form, which says the same, is skipped";
const SAME_PLACE = "an entry in its place follows, so that neither branch is reached with equal numbers";

const MEMORY = "decides how much memory is held, and nothing else";

const EXPLAINED = [
  [
    "orchestrator/states/table.ts",
    "state === null) return",
    "ConditionalExpression: false",
    "no transition begins at null",
  ],
  [
    "policies/decision.ts",
    "severityOf(a) >= severityOf(b)",
    "EqualityOperator: severityOf(a) > severityOf(b)",
    "decisions of one severity are one decision",
  ],
  [
    "orchestrator/authority/gates.ts",
    "holders[index]?.length",
    "OptionalChaining",
    "there are as many lists of holders as gates",
  ],
  [
    "orchestrator/authority/tally.ts",
    "approvers.get(role)?.size",
    "OptionalChaining",
    "the map was made from these gates",
  ],
  [
    "orchestrator/runs/fold.ts",
    'event.type !== "run.opened"',
    "ConditionalExpression: false",
    "the transition table has refused every other event by then",
  ],
  [
    "orchestrator/store/sqlite/store.ts",
    "this.firstText() ?? this.beginLedger(at)",
    "LogicalOperator",
    "what was just written is read again",
  ],
  [
    "orchestrator/store/sqlite/store.ts",
    "changes !== 1",
    "ConditionalExpression: false",
    "the version was compared in the same transaction; a second look",
  ],
  ["orchestrator/integrity/fold.ts", "?? AWAKE_AT_MOST", "LogicalOperator", MEMORY],
  ["orchestrator/integrity/fold.ts", "this.going.size > this.awakeAtMost", "ConditionalExpression", MEMORY],
  ["orchestrator/integrity/fold.ts", "this.going.size > this.awakeAtMost", "EqualityOperator", MEMORY],
  ["orchestrator/ledger/high-water.ts", "const [, seq, hash] =", "ArrayDeclaration", "the first member is passed over"],
  [
    "orchestrator/ledger/high-water.ts",
    "seq === undefined || hash",
    "ConditionalExpression: false",
    "a match has both",
  ],
  ["orchestrator/ledger/high-water.ts", "seq === undefined || hash", "LogicalOperator", "a match has both"],
  ["orchestrator/ledger/high-water.ts", "} catch {", "BlockStatement", "nothing is returned then either"],
  ["orchestrator/ledger/high-water.ts", "mark?.seq ?? 0", "OptionalChaining", "without a mark there is no problem"],
  ["orchestrator/integrity/noted-head.ts", "size > MOST_BYTES", "EqualityOperator: size >=", "one byte of 64 MiB"],
  ["orchestrator/integrity/noted-head.ts", "} catch {", "BlockStatement", "what is not there is no object either"],
  [
    "orchestrator/integrity/noted-head.ts",
    "inner !== undefined",
    "ConditionalExpression: true",
    "what is not there is no object either",
  ],
  [
    "orchestrator/integrity/noted-head.ts",
    'typeof hash !== "string"',
    "ConditionalExpression",
    "isSha256 asks as well",
  ],
  [
    "orchestrator/integrity/chain.ts",
    'createHash("sha256")',
    "ArrowFunction",
    "for Node before 20.12, which this Node is not",
  ],
  ["orchestrator/integrity/chain.ts", "seq > expected", "EqualityOperator: seq >= expected", SAME_PLACE],
  ["orchestrator/integrity/chain.ts", "seq < expected", "EqualityOperator: seq <= expected", SAME_PLACE],
  [
    "orchestrator/integrity/chain.ts",
    "if (end) {",
    "ConditionalExpression: true",
    "without an end the loop within does nothing",
  ],
  ["orchestrator/integrity/entry-text.ts", "function endsCanonically", "BlockStatement", FAST_PATH],
  ["orchestrator/integrity/entry-text.ts", "body.startsWith(", "MethodExpression", FAST_PATH],
  ["orchestrator/integrity/entry-text.ts", "type].every((text)", "", FAST_PATH],
  ["orchestrator/integrity/entry-text.ts", "body.endsWith(", "MethodExpression", FAST_PATH],
];

/** Why a surviving mutant changes nothing; undefined where a test is missing. `line` is the text it stands in. */
export function explanation(file, line, change) {
  const found = EXPLAINED.find(
    ([where, text, kind]) => where === file && line.includes(text) && change.replace(/\s+/g, " ").startsWith(kind),
  );
  return found?.[3];
}
