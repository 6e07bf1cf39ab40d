/** The shape of an exported run as a whole: what may be read out of it once its signatures and digests were found right. */
import { createPublicKey, type KeyObject } from "node:crypto";
import { CabincrewError, canonicalJson, type JsonObject, parseDocument } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import { findCollision, nameProblem } from "../artifacts/names.ts";
import { EXPORT_FORMAT } from "../integrity/export-document.ts";
import { parseForeign } from "../integrity/foreign-json.ts";
import type { LedgerEvent, LedgerGenesis } from "../ledger/event.ts";
import type { ReviewedChange } from "../preflight/file-change.ts";
import type { Review } from "../preflight/review.ts";
import type { StoredEntry } from "../store/port.ts";
import { eventProblem, ulid } from "./event-shapes.ts";
import {
  anyObject,
  type Check,
  count,
  list,
  matching,
  object,
  oneOf,
  optional,
  orNull,
  sha256,
  text,
} from "./shape.ts";

/** An exported run that has the shape of one; whether it is true is another question. */
export interface ExportedDocument {
  readonly format: typeof EXPORT_FORMAT;
  readonly run_id: string;
  readonly key_id: string;
  readonly public_key: string;
  readonly head: { readonly seq: number; readonly hash: string };
  /** The ledger's first entry, then the run's. */
  readonly entries: readonly StoredEntry[];
  readonly plan_document: JsonObject | null;
  readonly artifacts: readonly SealedArtifact[];
  readonly outputs: readonly SealedArtifact[];
  readonly protocol: JsonObject;
}

const closed = { closed: true };
const body = object<NonNullable<SealedArtifact["body"]>>({ sha256, size: count }, closed);
const artifact = object<SealedArtifact>(
  {
    name: text,
    role: oneOf("evidence", "state", "log"),
    artifact_type: text,
    action: text,
    target: optional(text),
    mime: text,
    document: anyObject(),
    metadata_sha256: sha256,
    body: optional(body),
  },
  closed,
);
const document = object<ExportedDocument>(
  {
    format: oneOf(EXPORT_FORMAT),
    run_id: ulid,
    key_id: matching(/^[0-9a-f]{16}$/, "a key id"),
    public_key: text,
    head: object<ExportedDocument["head"]>({ seq: count, hash: sha256 }, closed),
    entries: list(object<StoredEntry>({ seq: count, body: text, signature: text, hash: sha256 }, closed)),
    plan_document: orNull(anyObject<JsonObject>()),
    artifacts: list(artifact),
    outputs: list(artifact),
    protocol: anyObject(),
  },
  closed,
);
const genesis = object<LedgerGenesis>(
  {
    format: oneOf("cabincrew.ledger/1"),
    type: oneOf("ledger.created"),
    seq: count as Check<1>,
    event_id: text,
    at: text,
    key_id: text,
    public_key: text,
    prev: sha256,
  },
  closed,
);
const review = object<Review>({
  format: oneOf("cabincrew.review/1"),
  changes: list(object<ReviewedChange>({ artifact: text, change: anyObject(), diff: text })),
});

/** What keeps a document from being read as an exported run, as a sentence; undefined when nothing does. */
export function documentProblem(value: JsonObject): string | undefined {
  const wrong = document(value, "the export") ?? unwritable(value);
  if (wrong) return sentence(wrong);
  const { entries, artifacts, outputs } = value as unknown as ExportedDocument;
  for (const [index, entry] of entries.entries()) {
    const problem = textProblem(entry, index);
    if (problem) return sentence(`entry ${entry.seq} of the export is no entry of a run: ${problem}`);
  }
  for (const sealed of [artifacts, outputs]) {
    const problem = artifactsProblem(sealed);
    if (problem) return sentence(problem);
  }
  return undefined;
}

/** What keeps content from being shown as a run's review. */
export function reviewProblem(value: unknown): string | undefined {
  return review(value, "the review");
}

/** The key a document names, where it is written as ledgers write theirs. */
export function publicKeyOf({ public_key }: Pick<ExportedDocument, "public_key">): KeyObject | undefined {
  try {
    const key = createPublicKey(public_key);
    if (key.asymmetricKeyType !== "ed25519") return undefined;
    return key.export({ type: "spki", format: "pem" }) === public_key ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The events of the run, without the ledger's first entry. */
export function eventsIn({ entries }: Pick<ExportedDocument, "entries">): readonly LedgerEvent[] {
  return entries.slice(1).map((entry) => JSON.parse(entry.body) as LedgerEvent);
}

function textProblem(entry: StoredEntry, index: number): string | undefined {
  let value: unknown;
  try {
    value = parseForeign(Buffer.from(entry.body));
  } catch (error) {
    return (error as Error).message;
  }
  return index === 0 ? genesis(value, "it") : eventProblem(value as LedgerEvent);
}

/** Names become names of files where a plan takes off; here they are only shown, and refused all the same. */
function artifactsProblem(sealed: readonly SealedArtifact[]): string | undefined {
  for (const { name, document: described } of sealed) {
    const problem = nameProblem(name);
    if (problem) return `the artifact ${JSON.stringify(name.slice(0, 300))} cannot be one: ${problem}`;
    try {
      parseDocument("artifact", described, "artifact_invalid", `The description of ${JSON.stringify(name)}`);
    } catch (error) {
      return (error as Error).message;
    }
  }
  const collision = findCollision(sealed.map(({ name }) => name));
  return collision && `the artifacts ${collision.map((name) => JSON.stringify(name)).join(" and ")} share a name`;
}

function unwritable(value: JsonObject): string | undefined {
  try {
    canonicalJson(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof CabincrewError)) throw error;
    return `the export cannot be written in its canonical form: ${error.message}`;
  }
}

function sentence(problem: string): string {
  return `${problem.charAt(0).toUpperCase()}${problem.slice(1).replace(/\.$/, "")}.`;
}
