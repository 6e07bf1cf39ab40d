/** What an exported run holds besides its entries must follow from them: plan, artifact list, protocol documents. */
import { createPublicKey } from "node:crypto";
import { CabincrewError, digestOf, isJsonObject, type Json, type JsonObject } from "../../schema/index.ts";
import type { SealedArtifact } from "../artifacts/index.ts";
import { keyIdOf } from "../ledger/chain.ts";
import { protocolDocuments } from "../protocol/documents.ts";
import { stepsOf } from "../protocol/history.ts";
import type { RunRecord } from "../runs/record.ts";
import type { StoredEntry } from "../store/port.ts";
import { EXPORT_MEMBERS, rowOf } from "./export-file.ts";
import type { Findings } from "./findings.ts";
import { misdescribed, planOf } from "./plan.ts";

/** The one run of a bundle, and its sealed lists. */
export interface BundleLists {
  readonly run: RunRecord;
  readonly planned: readonly SealedArtifact[];
  readonly outputs: readonly SealedArtifact[];
}

/**
 * `records` are what the entries of the bundle fold to; `keyId` is of the key the checker was given, `protocol` whether to make the
 * protocol's documents again. Undefined where nothing can be read out of it.
 */
export function checkBundle(
  bundle: JsonObject,
  records: readonly RunRecord[],
  { keyId, protocol }: { readonly keyId: string; readonly protocol: boolean },
  findings: Findings,
): BundleLists | undefined {
  const corrupt = (message: string) => findings.add("ledger_corrupt", "the file", message);
  if (bundle["key_id"] !== keyId || keyIdOfPem(bundle["public_key"]) !== keyId)
    corrupt(`The file names another key than the given one, ${keyId}.`);
  const [run] = records;
  if (!run || records.length !== 1 || run.run_id !== bundle["run_id"]) {
    corrupt(`The entries do not fold to the run ${String(bundle["run_id"])} that the file names.`);
    return undefined;
  }
  const entries = entriesIn(bundle["entries"]);
  if (!entries) {
    corrupt("The entries of the file are damaged.");
    return undefined;
  }
  checkFrame(bundle, entries, corrupt);
  const planned = artifactsIn(bundle["artifacts"]);
  const outputs = artifactsIn(bundle["outputs"]);
  if (!planned || !outputs) {
    corrupt("The artifact lists of the file are damaged.");
    return undefined;
  }
  try {
    checkLists(run, planned, outputs, findings);
    checkPlan(run, planned, bundle["plan_document"], findings);
    if (protocol) checkProtocol(bundle, entries, { run, planned, outputs, keyId }, findings);
    return { run, planned, outputs };
  } catch (error) {
    // A text that is no JSON any more was found with the chain already; nothing can be derived from it here.
    if (!(error instanceof TypeError || error instanceof SyntaxError || error instanceof CabincrewError)) throw error;
    corrupt(`The entries or artifact lists of the file are damaged: ${error.message}.`);
    return undefined;
  }
}

/** Members that nothing vouches for have no place in an export: somebody could read them as proven. */
function checkFrame(bundle: JsonObject, entries: readonly StoredEntry[], corrupt: (message: string) => void): void {
  const unknown = Object.keys(bundle).filter((name) => !EXPORT_MEMBERS.has(name));
  if (unknown.length > 0) corrupt(`The file holds members that no export has: ${unknown.join(", ")}.`);
  // One that is empty is written as such: left out, nobody could say whether there was something to see.
  const missing = [...EXPORT_MEMBERS].filter((name) => bundle[name] === undefined);
  if (missing.length > 0) corrupt(`Members that every export has are missing: ${missing.join(", ")}.`);
  if (entries[0]?.seq !== 1) corrupt("The entries of the file do not begin with the first one of the ledger.");
  const last = entries.at(-1);
  if (digestOf(bundle["head"] ?? null) !== digestOf(last ? { seq: last.seq, hash: last.hash } : null))
    corrupt("The head that the file names is not its last entry.");
}

function checkLists(
  run: RunRecord,
  planned: readonly SealedArtifact[],
  outputs: readonly SealedArtifact[],
  findings: Findings,
): void {
  for (const [what, list, recorded] of [
    ["artifact list", planned, run.artifacts?.list_sha256 ?? null],
    ["list of outputs", outputs, run.outputs_sha256],
  ] as const) {
    if (recorded === null ? list.length > 0 : digestOf(list) !== recorded)
      findings.add("token_mismatch", `run ${run.run_id}`, `The ${what} of the file is not the one that was sealed.`);
  }
  if (run.artifacts && run.artifacts.count !== planned.length)
    findings.add(
      "ledger_corrupt",
      `run ${run.run_id}`,
      `The run recorded ${run.artifacts.count} artifacts; the list of the file has ${planned.length}.`,
    );
  for (const { name, sha256, sizes } of contradictorySizes([...planned, ...outputs]))
    findings.add(
      "token_mismatch",
      `content ${sha256}`,
      `The body of artifact ${JSON.stringify(name)} cannot have both ${sizes.join(" and ")} bytes.`,
    );
  for (const name of misdescribed([...planned, ...outputs]))
    findings.add(
      "token_mismatch",
      `run ${run.run_id}`,
      `Artifact ${JSON.stringify(name)} has another description than the one that was hashed.`,
    );
}

/** One content has one size; with or without the bytes at hand, a list that names two of it is wrong. */
function* contradictorySizes(
  artifacts: readonly SealedArtifact[],
): Generator<{ readonly name: string; readonly sha256: string; readonly sizes: readonly [number, number] }> {
  const known = new Map<string, number>();
  for (const { name, body } of artifacts) {
    if (!body) continue;
    const size = known.get(body.sha256);
    if (size === undefined) known.set(body.sha256, body.size);
    else if (size !== body.size) yield { name, sha256: body.sha256, sizes: [size, body.size] };
  }
}

function checkPlan(
  run: RunRecord,
  planned: readonly SealedArtifact[],
  shown: Json | undefined,
  findings: Findings,
): void {
  const made = run.token === null ? null : planOf(run, planned);
  if (made && made.token !== run.token)
    findings.add(
      "token_mismatch",
      `run ${run.run_id}`,
      `The sealed plan gives ${made.token}, not the plan-token ${run.token}.`,
    );
  if (digestOf(shown ?? null) !== (run.token ?? digestOf(null)))
    findings.add(
      "token_mismatch",
      `run ${run.run_id}`,
      `The plan document of the file does not hash to the plan-token ${run.token}.`,
    );
}

function checkProtocol(
  bundle: JsonObject,
  entries: readonly StoredEntry[],
  facts: {
    readonly run: RunRecord;
    readonly planned: readonly SealedArtifact[];
    readonly outputs: readonly SealedArtifact[];
    readonly keyId: string;
  },
  findings: Findings,
): void {
  const steps = stepsOf(entries.filter((entry) => entry.seq !== 1));
  const made: JsonObject = protocolDocuments({ ...facts, steps });
  const { protocol } = bundle;
  const shown = isJsonObject(protocol ?? null) ? (protocol as JsonObject) : {};
  for (const part of new Set([...Object.keys(made), ...Object.keys(shown)])) {
    const [expected, found] = [made[part], shown[part]];
    if (expected === undefined || found === undefined || digestOf(expected) !== digestOf(found))
      findings.add(
        "ledger_corrupt",
        `protocol.${part}`,
        `The file's protocol.${part} does not follow from its entries.`,
      );
  }
}

function entriesIn(value: Json | undefined): readonly StoredEntry[] | undefined {
  return Array.isArray(value) && value.every(rowOf) ? (value as unknown as StoredEntry[]) : undefined;
}

function artifactsIn(value: Json | undefined): readonly SealedArtifact[] | undefined {
  return Array.isArray(value) && value.every(isJsonObject) ? (value as unknown as SealedArtifact[]) : undefined;
}

function keyIdOfPem(pem: Json | undefined): string | undefined {
  try {
    return keyIdOf(createPublicKey(String(pem)));
  } catch {
    return undefined;
  }
}
